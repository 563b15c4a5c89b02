/** Finds the convolutions that run on blocked channels, by the weights that they alone read. */
import type { ChannelBlock } from '../../engines/channel-block.js'
import type { Initializer } from '../../graph/graph.js'
import { shapeOf } from '../../operators/known-value.js'
import type { GraphTrace, NodeTrace } from '../../operators/trace.js'
import type { Emitter, Sizes } from '../emitter.js'
import { ForwardView } from '../gradient-rule.js'
import { slidingWindow } from '../gradients/sliding.js'
import { type WeightLayout, weightLayout, wholeBlocks } from './weight-layout.js'

/**
 * @param candidates - weights that are trained
 * @returns the layout of each weight whose every reader can run on blocks
 */
export function chooseBlockedWeights(
  trace: GraphTrace,
  emit: Emitter,
  candidates: readonly Initializer[],
  block: ChannelBlock,
): ReadonlyMap<string, WeightLayout> {
  const readers = new Map<string, NodeTrace[]>(candidates.map(({ name }) => [name, []]))
  for (const node of trace.nodes) for (const name of new Set(node.node.inputs)) readers.get(name)?.push(node)
  const outputs = new Set(trace.outputs)
  const chosen = new Map<string, WeightLayout>()
  for (const { name, dtype } of candidates) {
    if (dtype !== 'float32' || outputs.has(name)) continue
    const layouts = (readers.get(name) ?? []).map((node) => layoutFor(node, name, emit, block))
    const [first] = layouts
    if (first !== undefined && layouts.every((layout) => layout?.kind === first.kind)) chosen.set(name, first)
  }
  return chosen
}

/** A share of channels above which filling up the last block costs more than blocks bring. */
const MOST_FILLED = 1.5

function layoutFor(trace: NodeTrace, weight: string, emit: Emitter, block: ChannelBlock): WeightLayout | undefined {
  const { operator, domain, inputs } = trace.node
  const [input, kernel] = [shapeOf(trace.inputs[0]), shapeOf(trace.inputs[1])]
  const isConvolution = operator === 'Conv' && domain === '' && inputs[1] === weight && inputs.indexOf(weight, 2) < 0
  if (!isConvolution || input?.length !== 4 || kernel?.length !== 4) return undefined
  const view = new ForwardView(trace, emit)
  const [sizes, shape] = [view.sizes(0), view.sizes(1)]
  const kind = kindOf(sizes, shape, view.int('group', 1), block)
  return kind !== undefined && canSlide(view, sizes, shape) ? weightLayout(kind, block, shape) : undefined
}

function kindOf(input: Sizes, shape: Sizes, group: number, block: ChannelBlock): WeightLayout['kind'] | undefined {
  const [outputs = 1, perGroup = 1] = shape
  const isWorth = (channels: number) => wholeBlocks(channels, block) <= MOST_FILLED * channels
  if (!isWorth(outputs)) return undefined
  if (group > 1) return perGroup === 1 && group === outputs && outputs % block === 0 ? 'depthwise' : undefined
  if ((input[1] ?? 1) < block) return 'image'
  return isWorth(input[1] ?? 1) ? 'full' : undefined
}

/** Windows that step over elements of their own, or that reach over the ends by more than they are long, stay as they are. */
function canSlide(view: ForwardView, input: Sizes, shape: Sizes): boolean {
  const { kernel, dilations, strides, padsBegin, padsEnd, output } = slidingWindow(
    view,
    input,
    view.outputSizes(),
    shape.slice(2),
  )
  return [0, 1].every((axis) => {
    const [size = 1, begin = 0, end = 0, stride = 1] = [kernel[axis], padsBegin[axis], padsEnd[axis], strides[axis]]
    const [length = 1, count = 1] = [input[axis + 2], output[axis]]
    // Rows that the way back adds behind the last one; fewer than none cannot be written.
    const behind = length + size - 1 - ((count - 1) * stride + 1) - (size - 1 - begin)
    return dilations[axis] === 1 && [begin, end].every((pad) => pad >= 0 && pad < size) && behind >= 0
  })
}
