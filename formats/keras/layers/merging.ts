/** Layers that join tensors: sums, products, extremes, averages and concatenation. */
import { int } from '../../../src/graph/attributes.js'
import { configError } from '../keras-errors.js'
import type { KerasShape, KerasTensor } from '../keras-graph.js'
import type { LayerCall, LayerConverter } from '../layer-call.js'

/** Add, Multiply, Maximum, Minimum, Average, Subtract. */
export function merging(operator: 'Add' | 'Sub' | 'Mul' | 'Max' | 'Min' | 'Mean'): LayerConverter {
  return (call) => {
    const [first, ...others] = inOneLayout(call)
    if (first === undefined || others.length === 0) throw call.refuse('it is called with fewer than two tensors')
    if (operator === 'Sub' && others.length > 1) throw call.refuse('it subtracts more than one tensor')
    const isPairwise = operator === 'Add' || operator === 'Sub' || operator === 'Mul'
    const names = others.map(({ name }) => name)
    const name = isPairwise
      ? names.reduce((sum, other) => call.node(operator, [sum, other]), first.name)
      : call.node(operator, [first.name, ...names])
    const shape = others.reduce<KerasShape>((joined, { shape: other }) => broadcast(joined, other), first.shape)
    return { ...call.made(name, shape, first), mask: joinedMask(call) }
  }
}

/** CustomScaleLayer of Keras' own InceptionResNetV2: the first tensor and a share of the second. */
export const scaledSum: LayerConverter = (call) => {
  const [first, second, ...others] = inOneLayout(call)
  if (first === undefined || second === undefined || others.length > 0) {
    throw call.refuse(`it is called with ${call.inputs.length} tensors, expected two`)
  }
  const share = call.graph.withScalar('Mul', second, call.config.number('scale', 1))
  return call.made(call.node('Add', [first.name, share.name]), broadcast(first.shape, second.shape), first)
}

/** Concatenate along one axis. */
export const concatenate: LayerConverter = (call) => concatenated(call, call.config.number('axis', -1))

function concatenated(call: LayerCall, axis: number): KerasTensor {
  const tensors = inOneLayout(call)
  const [first, ...others] = tensors
  if (first === undefined) throw call.refuse('it is called without tensors')
  const rank = first.shape.length
  const position = axis < 0 ? axis + rank : axis
  const names = tensors.map(({ name }) => name)
  const name = call.node('Concat', names, { axis: int(call.graph.physicalAxis(first, axis)) })
  const sizes = first.shape.map((size, index) =>
    index === position ? sumOf(tensors.map(({ shape }) => shape[index])) : known(size, others, index),
  )
  return call.made(name, sizes, { ...first, mask: concatenatedMask(call, position, rank) })
}

/** Keras 3 keeps a step that any tensor keeps, where all have masks; Keras 2 keeps what all masks keep. */
function joinedMask(call: LayerCall): string | undefined {
  const masks = call.inputs.flatMap(({ mask }) => mask ?? [])
  const [first, ...others] = masks
  const isOld = call.context.kerasVersion < 3
  if (!isOld && masks.length < call.inputs.length) return undefined
  return first && others.reduce((joined, mask) => call.graph.node(isOld ? 'And' : 'Or', [joined, mask]), first)
}

/** Along time the masks follow each other; a tensor without one keeps all its steps. */
function concatenatedMask(call: LayerCall, position: number, rank: number): string | undefined {
  const { graph, inputs } = call
  if (inputs.every(({ mask }) => mask === undefined) || rank < 3) return undefined
  const isOld = call.context.kerasVersion < 3
  if (position !== 1) return inputs.some(({ mask }) => mask === undefined) && !isOld ? undefined : joinedMask(call)
  const masks = inputs.map((input) => input.mask ?? allSteps(call, input))
  return graph.node('Concat', masks, { axis: int(1) })
}

function allSteps({ graph }: LayerCall, input: KerasTensor): string {
  const shape = graph.node('Shape', [graph.logical(input).name], { start: int(0), end: int(2) })
  return graph.node('Expand', [graph.builder.constant([1], 'bool'), shape])
}

const MODES = { sum: 'Add', mul: 'Mul', ave: 'Mean', max: 'Max' } as const

/** Merge of Keras 1, which says how in its config. */
export const merge: LayerConverter = (call) => {
  const mode = call.config.get('mode') ?? 'sum'
  if (mode === 'concat') return concatenated(call, call.config.number('concat_axis', -1))
  const isKnown = typeof mode === 'string' && Object.hasOwn(MODES, mode)
  if (!isKnown) throw call.refuse(`mode is ${JSON.stringify(mode)?.slice(0, 40)}`)
  return merging(MODES[mode as keyof typeof MODES])(call)
}

/** Axes of all tensors in the same order; a smaller rank gets axes of size 1 behind the batch, as Keras does. */
function inOneLayout(call: LayerCall): KerasTensor[] {
  const { graph, inputs } = call
  const rank = Math.max(...inputs.map(({ shape }) => shape.length))
  const isEven = inputs.every(({ shape }) => shape.length === rank)
  if (isEven && inputs.some(({ layout }) => layout === 'channels-first')) {
    return inputs.map((tensor) => graph.channelsFirst(tensor))
  }
  return inputs.map((tensor) => widened(call, graph.logical(tensor), rank))
}

function widened({ graph }: LayerCall, tensor: KerasTensor, rank: number): KerasTensor {
  const missing = rank - tensor.shape.length
  if (missing === 0) return tensor
  const axes = Array.from({ length: missing }, (_, index) => index + 1)
  const name = graph.node('Unsqueeze', [tensor.name, graph.builder.constant(axes)])
  const [batch, ...rest] = tensor.shape
  return { ...tensor, name, shape: [batch, ...axes.map(() => 1), ...rest] }
}

/** @returns the shape that two tensors of equal rank have together */
export function broadcast(left: KerasShape, right: KerasShape): KerasShape {
  return left.map((size, axis) => {
    const other = right[axis]
    if (size === 1) return other
    if (other === 1 || other === size) return size
    if (size === undefined || other === undefined) return axis === 0 ? undefined : (size ?? other)
    throw configError(`tensors of shapes [${left.join(', ')}] and [${right.join(', ')}] do not fit together`)
  })
}

function known(size: number | undefined, others: readonly KerasTensor[], axis: number): number | undefined {
  return axis === 0 ? size : (size ?? others.map(({ shape }) => shape[axis]).find((other) => other !== undefined))
}

const sumOf = (sizes: readonly (number | undefined)[]): number | undefined =>
  sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
