/** Tensors of PyTorch as constants that lie in their file. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { bytesOf } from '../../src/graph/data-type.js'
import type { Initializer, TensorData } from '../../src/graph/graph.js'
import { type ByteSource, joined, piecesOf } from '../../src/graph/pieces.js'
import { Scratch } from '../../src/graph/scratch.js'
import type { StoredTensor } from './stored-tensor.js'
import { gathered, isContiguous, reach, type Steps } from './strided-elements.js'

/** Bytes of a storage, read when asked for. */
export interface Storage {
  readonly byteLength: number
  part(offset: number, length: number): ByteSource
}

/** What the elements of one tensor may take when they are more than what is stored. */
const MOST_EXPANDED = 256 * 2 ** 20
/** Of all tensors of one file. */
const MOST_EXPANDED_TOGETHER = 2 ** 30
const MOST_AXES = 64

/**
 * @param path - of the file, for messages
 * @returns a constant whose elements are read when asked for
 * @throws {FormatError} `E_TORCH_TENSOR` for sizes and steps that lead out of the storage
 * @throws {UnsupportedError} `E_TORCH_TENSOR_KIND` for a quantized or sparse tensor, and for other element types
 */
export function locatedTensor(
  name: string,
  tensor: StoredTensor,
  storage: Storage | undefined,
  path: string,
): Initializer {
  const { dtype, shape, requiresGrad } = tensor
  if (tensor.refusal !== undefined || dtype === undefined) throw refused(name, tensor, path)
  checkSizes(name, tensor, path)
  const steps = { shape, strides: tensor.strides }
  const width = bytesOf(dtype, 1)
  const span = reach(steps) * width
  const start = tensor.offset * width
  if (storage === undefined) throw damaged(path, name, 'its elements are missing')
  if (span > 0 && start + span > storage.byteLength)
    throw damaged(path, name, `it ends at byte ${start + span} of ${storage.byteLength}`)
  const byteLength = elementCount(shape) * width
  if (byteLength > Math.max(span, MOST_EXPANDED)) throw damaged(path, name, `${byteLength} bytes are made of ${span}`)
  const stored = storage.part(span === 0 ? 0 : start, span)
  return { name, dtype, shape, data: contents(stored, steps, width, byteLength), trainable: requiresGrad }
}

/** Counts what the tensors of one file take beyond what is stored of them. */
export class Expansion {
  #bytes = 0

  /** @throws {FormatError} `E_TORCH_TENSOR` where they take too much together */
  add({ name, data }: Initializer, storage: Storage | undefined, path: string): void {
    this.#bytes += Math.max(0, data.byteLength - (storage?.byteLength ?? 0))
    if (this.#bytes > MOST_EXPANDED_TOGETHER)
      throw damaged(path, name, `${this.#bytes} bytes more than are stored are made of it and of those before`)
  }
}

/** @returns elements of a tensor of these sizes */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

function contents(stored: ByteSource, steps: Steps, width: number, byteLength: number): TensorData {
  const readStrings = (): never => {
    throw new FormatError('E_TORCH_TENSOR', 'a tensor of numbers has no strings', { hint: 'read its bytes' })
  }
  if (isContiguous(steps)) return { ...withPieces(stored), readStrings }
  const read = (): Uint8Array => {
    const whole = joined(stored.byteLength, piecesOf(stored, new Scratch()))
    return gathered(whole, steps, width)
  }
  return { byteLength, read, readStrings }
}

function withPieces({ byteLength, read, pieces }: ByteSource): ByteSource {
  return pieces === undefined ? { byteLength, read } : { byteLength, read, pieces }
}

function checkSizes(name: string, { shape, strides, offset }: StoredTensor, path: string): void {
  const numbers = [offset, ...shape, ...strides]
  const isSound = numbers.every((number) => Number.isSafeInteger(number) && number >= 0)
  if (!isSound || shape.length !== strides.length || shape.length > MOST_AXES || elementCount(shape) > 2 ** 48)
    throw damaged(path, name, 'its sizes and steps are impossible')
}

function damaged(path: string, name: string, what: string): FormatError {
  return new FormatError('E_TORCH_TENSOR', `${path}: the tensor ${quoted(name)} is damaged: ${what}`, {
    hint: 'download the file or save the model again',
  })
}

function refused(name: string, { refusal, storage }: StoredTensor, path: string): UnsupportedError {
  const what = refusal ?? `of the element type ${quoted(storage?.type ?? 'unknown')}`
  return new UnsupportedError('E_TORCH_TENSOR_KIND', `${path}: ${quoted(name)} is ${what}, which is not supported`, {
    hint: 'save the model with float weights, or export it: torch.onnx.export(model, example_input, "model.onnx")',
  })
}
