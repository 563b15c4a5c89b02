/**
 * Writes graphs as ONNX, in memory or as files; weights are read one at a time, when their turn comes.
 *
 * @see https://onnx.ai/onnx/repo-docs/ExternalData.html
 */
import { basename, dirname, join } from 'node:path'
import { GreenbenchError, UnsupportedError } from '../core/errors.js'
import { placeOfFile } from './file-place.js'
import type { ModelGraph } from './graph.js'
import { modelProto } from './onnx-model.js'
import { MODEL } from './onnx-schema.js'
import type { ExternalPlace, PlaceElements } from './onnx-tensor.js'
import { piecesOf, scratchForWeights } from './pieces.js'
import type { Payload } from './protobuf-schema.js'
import { encodeMessage } from './protobuf-writer.js'
import { type WritePartsOptions, writeParts } from './write-parts.js'

/** Protobuf's own limit for one message. */
export const LARGEST_ONNX = 2 ** 31 - 1

/** Options of `writeOnnxFile`. */
export interface WriteOptions extends WritePartsOptions {
  /**
   * Weights go into a file of the model's name plus `.data` beside it; when absent, only if the model is over 2 GiB.
   */
  readonly externalData?: boolean
}

/** Initializers below this stay in the model file, so that engines can infer shapes from them. */
const SMALLEST_EXTERNAL = 1024
/** Lets engines map each tensor. */
const ALIGNMENT = 4096

/**
 * @returns an ONNX file's bytes
 * @throws {UnsupportedError} `E_ONNX_TOO_LARGE` for 2 GiB and more
 */
export function writeOnnx(graph: ModelGraph): Uint8Array {
  const { byteLength, parts } = encodeMessage(MODEL, modelProto(graph))
  assertSize(byteLength)
  const bytes = new Uint8Array(byteLength)
  const scratch = scratchForWeights()
  let at = 0
  for (const part of parts) {
    for (const piece of part instanceof Uint8Array ? [part] : piecesOf(part, scratch)) {
      bytes.set(piece, at)
      at += piece.length
    }
  }
  return bytes
}

/**
 * Writes an ONNX file, through a temporary file beside it, so that a half-written one never takes its place.
 *
 * @returns paths of the files written, the model first
 * @throws {UnsupportedError} `E_ONNX_TOO_LARGE` when it exceeds 2 GiB even without weights
 * @throws {GreenbenchError} `E_WRITE_FAILED` for a folder that cannot be written to or a full disk
 */
export async function writeOnnxFile(graph: ModelGraph, path: string, options: WriteOptions = {}): Promise<string[]> {
  const whole = encodeMessage(MODEL, modelProto(graph))
  const isExternal = options.externalData ?? whole.byteLength > LARGEST_ONNX
  if (!isExternal) {
    assertSize(whole.byteLength)
    await writeParts(path, whole.parts, options)
    return [path]
  }
  const place = await placeForTwo(path)
  const data = new DataFile(`${basename(place)}.data`)
  const { byteLength, parts } = encodeMessage(MODEL, modelProto(graph, data.place))
  assertSize(byteLength)
  const dataPath = join(dirname(place), data.location)
  await writeParts(dataPath, data.parts(), options)
  await writeParts(place, parts, options)
  return [path, dataPath]
}

/** Both lie beside each other where the model really goes: there its readers look for the weights. */
async function placeForTwo(path: string): Promise<string> {
  const place = await placeOfFile(path).catch(() => undefined)
  if (place?.isInPlace !== true) return place?.path ?? path
  throw new GreenbenchError(
    'E_WRITE_FAILED',
    `cannot write ${path}: it is no file, and the weights need one beside it`,
    {
      hint: 'name a file in a folder that has room',
    },
  )
}

function assertSize(byteLength: number): void {
  if (byteLength <= LARGEST_ONNX) return
  throw new UnsupportedError('E_ONNX_TOO_LARGE', `the model takes ${byteLength} bytes, an ONNX file at most 2 GiB`, {
    hint: 'write it as a file with external data',
  })
}

/** Gives each large tensor its place in one data file. */
class DataFile {
  readonly location: string
  readonly #placed: { readonly payload: Payload; readonly offset: number }[] = []
  #end = 0

  constructor(location: string) {
    this.location = location
  }

  readonly place: PlaceElements = (payload): ExternalPlace | undefined => {
    if (payload.byteLength < SMALLEST_EXTERNAL) return undefined
    const offset = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT
    this.#placed.push({ payload, offset })
    this.#end = offset + payload.byteLength
    return { location: this.location, offset }
  };

  *parts(): Generator<Uint8Array | Payload> {
    let at = 0
    for (const { payload, offset } of this.#placed) {
      if (offset > at) yield new Uint8Array(offset - at)
      yield payload
      at = offset + payload.byteLength
    }
  }
}
