/** Dot: products of two tensors along one axis of each, sample by sample. @see https://keras.io/api/layers/merging_layers/dot/ */
import { text } from '../../../src/graph/attributes.js'
import type { KerasGraph, KerasTensor } from '../keras-graph.js'
import type { LayerConverter } from '../layer-call.js'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

export const dot: LayerConverter = (call) => {
  const { config, graph } = call
  const [first, second, ...others] = call.inputs.map((input) => graph.logical(input))
  if (first === undefined || second === undefined || others.length > 0)
    throw call.refuse('it is not called with two tensors')
  const axes = config.sizes(['axes', 'dot_axes'], 2, undefined, -16)
  const [left = 0, right = 0] = [first, second].map(({ shape }, index) => at(axes[index] ?? 0, shape.length))
  if (left < 1 || right < 1 || left >= first.shape.length || right >= second.shape.length) {
    throw call.refuse(`axes is ${JSON.stringify(axes)}`)
  }
  const isNormalized = config.flag('normalize')
  const names = [
    isNormalized ? normalized(graph, first, left) : first.name,
    isNormalized ? normalized(graph, second, right) : second.name,
  ]
  const rest = (tensor: KerasTensor, axis: number) => tensor.shape.slice(1).filter((_, index) => index + 1 !== axis)
  const shape = [first.shape[0], ...rest(first, left), ...rest(second, right)]
  const name = call.node('Einsum', names, {
    equation: text(equationOf(first.shape.length, second.shape.length, left, right)),
  })
  const from = { ...first, mask: undefined }
  if (shape.length > 1) return call.made(name, shape, from)
  return call.made(graph.node('Unsqueeze', [name, graph.builder.constant([1])]), [...shape, 1], from)
}

const at = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** The batch is `a`, the axis that is summed over `z`. */
function equationOf(leftRank: number, rightRank: number, left: number, right: number): string {
  const letters = (rank: number, axis: number, from: number) =>
    Array.from({ length: rank }, (_, index) => (index === 0 ? 'a' : index === axis ? 'z' : LETTERS[from + index]))
  const [one, other] = [letters(leftRank, left, 0), letters(rightRank, right, leftRank)]
  const kept = [...one.slice(1), ...other.slice(1)].filter((letter) => letter !== 'z')
  return `${one.join('')},${other.join('')}->a${kept.join('')}`
}

/** Of length 1 along the axis. */
function normalized(graph: KerasGraph, { name }: KerasTensor, axis: number): string {
  const squares = graph.node('ReduceSumSquare', [name, graph.builder.constant([axis])])
  return graph.node('Div', [name, graph.node('Sqrt', [graph.node('Max', [squares, graph.scalar(1e-12)])])])
}
