/**
 * Weights of recurrent layers in ONNX's order: gates of an LSTM i, o, f, c instead of i, f, g, o; of a GRU z, r, h instead of
 * r, z, n. Rows are put into order when they are read, so that the weights stay the file's.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
 */
import { int } from '../../../src/graph/attributes.js'
import { bytesOf } from '../../../src/graph/data-type.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { TorchEmitter } from '../torch-emitter.js'

/** What an operator of ONNX asks for. */
export interface Cell {
  readonly operator: 'RNN' | 'LSTM' | 'GRU'
  /** For each gate of ONNX the gate of PyTorch. */
  readonly gates: readonly number[]
}

export const LSTM: Cell = { operator: 'LSTM', gates: [0, 3, 1, 2] }
export const GRU: Cell = { operator: 'GRU', gates: [1, 0, 2] }
export const RNN: Cell = { operator: 'RNN', gates: [0] }

/** Weights of one layer: of each direction the weight of the input, of the state, and their biases where it has any. */
export type LayerWeights = readonly (readonly Value[])[]

/** @returns W [D, gates * H, I], R [D, gates * H, H] and B [D, 2 * gates * H] */
export function operatorWeights(
  layer: LayerWeights,
  cell: Cell,
  emitter: TorchEmitter,
): readonly (Value | undefined)[] {
  const of = (place: number) => layer.flatMap((direction) => direction[place] ?? [])
  const stacked = (parts: readonly Value[]) => inOneTensor(parts, layer.length, cell, emitter)
  const biases = layer.flatMap(([, , input, state]) =>
    input === undefined || state === undefined ? [] : [input, state],
  )
  return [stacked(of(0)), stacked(of(1)), biases.length === 0 ? undefined : stacked(biases)]
}

/** Blocks of rows of all parts one behind the other. */
function inOneTensor(parts: readonly Value[], directions: number, cell: Cell, emitter: TorchEmitter): Value {
  const initializers = parts.flatMap(({ initializer }) => initializer ?? [])
  const [first] = initializers
  const isOfFile = initializers.length === parts.length && !initializers.some((part) => emitter.staysAsStored(part))
  if (first === undefined || !isOfFile) return writtenTensor(parts, directions, cell, emitter)
  const [rows = 0, ...columns] = first.shape
  const length = (parts.length / directions) * rows
  const key = `gates ${cell.gates.join()} of ${initializers.map(({ name }) => name).join()}`
  const make = () => ({ ...first, shape: [directions, length, ...columns], data: inOrder(initializers, cell.gates) })
  return emitter.rearranged(first, key, make, initializers.slice(1))
}

function inOrder(parts: readonly Initializer[], gates: readonly number[]): Initializer['data'] {
  const byteLength = parts.reduce(
    (sum, { dtype, shape }) =>
      sum +
      bytesOf(
        dtype,
        shape.reduce((a, b) => a * b, 1),
      ),
    0,
  )
  const read = (): Uint8Array => {
    const result = new Uint8Array(byteLength)
    let place = 0
    for (const part of parts) {
      const bytes = part.data.read()
      const block = bytes.length / gates.length
      for (const gate of gates) {
        result.set(bytes.subarray(gate * block, (gate + 1) * block), place)
        place += block
      }
    }
    return result
  }
  return { byteLength, read, readStrings: () => parts[0]?.data.readStrings() ?? [] }
}

/** Weights that the program computes first are put into order by nodes. */
function writtenTensor(parts: readonly Value[], directions: number, cell: Cell, emitter: TorchEmitter): Value {
  const blocks = parts.flatMap((part) => {
    const rows = Number(shapeOf(part.known)?.[0] ?? 0) / cell.gates.length
    const block = (gate: number) =>
      emitter.emit('Slice', [
        part,
        emitter.numbers([gate * rows]),
        emitter.numbers([(gate + 1) * rows]),
        emitter.numbers([0]),
      ])
    return cell.gates.map(block)
  })
  const each = blocks.length / directions
  const stacks = Array.from({ length: directions }, (_, at) => {
    const joined = emitter.emit('Concat', blocks.slice(at * each, (at + 1) * each), { axis: int(0) })
    return emitter.emit('Unsqueeze', [joined, emitter.numbers([0])])
  })
  return emitter.emit('Concat', stacks, { axis: int(0) })
}
