/** Finds what a loss is computed from: the logits before the model's last Softmax or Sigmoid, or the output itself. */
import { shapeOf } from '../operators/known-value.js'
import type { GraphTrace, NodeTrace } from '../operators/trace.js'
import type { Sizes } from './emitter.js'
import { CLASS_AXIS, type LossOptions } from './loss.js'

/** A value to start the gradients from. */
export interface Prediction {
  readonly name: string
  readonly sizes: Sizes
  /** The activation that the loss takes over; absent where the model ends in logits. */
  readonly activation?: NodeTrace
}

const VIEWS = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'])
const LAST_ACTIVATIONS: Readonly<Record<LossOptions['kind'], readonly string[]>> = {
  'softmax-cross-entropy': ['Softmax', 'LogSoftmax'],
  'sigmoid-cross-entropy': ['Sigmoid'],
  'mean-squared-error': [],
}

/** @returns the input of the last activation, where only views lie behind it and it works along the classes */
export function findPrediction(trace: GraphTrace, output: string, loss: LossOptions): Prediction {
  const own = { name: output, sizes: sizesOf(trace, output) }
  const maker = lastMaker(trace, output)
  if (maker === undefined || !LAST_ACTIVATIONS[loss.kind].includes(maker.node.operator)) return own
  const name = maker.node.inputs[0] ?? ''
  const sizes = sizesOf(trace, name)
  const isAlongClasses = maker.node.operator === 'Sigmoid' || classesOf(maker, sizes) === own.sizes[CLASS_AXIS]
  return isAlongClasses ? { name, sizes, activation: maker } : own
}

/** @returns the node that a value comes from, views behind it left out */
export function lastMaker(trace: GraphTrace, value: string): NodeTrace | undefined {
  const makers = new Map(trace.nodes.flatMap((node) => node.node.outputs.map((name) => [name, node] as const)))
  let maker = makers.get(value)
  while (maker !== undefined && VIEWS.has(maker.node.operator)) maker = makers.get(maker.node.inputs[0] ?? '')
  return maker
}

function classesOf({ context }: NodeTrace, sizes: Sizes): number | undefined {
  return sizes.at(context.int('axis', -1))
}

function sizesOf(trace: GraphTrace, name: string): Sizes {
  return (shapeOf(trace.values.get(name)) ?? []).map((size) => (typeof size === 'number' ? size : -1))
}
