/**
 * Text generation of `com.microsoft`: loops over a decoder that lies in a sub-graph.
 *
 * How many tokens come out is known only to the run, unless the file fixes the longest length and the prompt.
 * Then the decoder is counted once for every token, with one new token and a cache that is half full on average.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.BeamSearch
 */
import { type Dimension, floorDivide, multiply, type Shape, subtract } from '../graph/dimension.js'
import type { Graph, ValueInfo } from '../graph/graph.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily, OperatorRule } from './rule.js'
import { dimensionAt, scalarDimension } from './shape/inputs.js'
import { SOFTMAX_STEPS, steps, sumOfCosts } from './shape/steps.js'

/** Positions of the inputs that count; `undefined` where the operator has no beams. */
interface Places {
  readonly beams: number | undefined
  readonly returned: number | undefined
}

const BEAMS: Places = { beams: 3, returned: 4 }
const GREEDY: Places = { beams: undefined, returned: undefined }

export const microsoftGeneration: OperatorFamily = {
  BeamSearch: generation(BEAMS),
  WhisperBeamSearch: generation(BEAMS),
  GreedySearch: generation(GREEDY),
  Sampling: generation(GREEDY),
}

/** Sizes that the inputs of the sub-graphs are made of. */
interface Sizes {
  readonly batch: Dimension
  /** New tokens of one run. */
  readonly tokens: Dimension
  readonly past: Dimension
  /** Positions that an encoder gives. */
  readonly source: Dimension
}

interface Plan {
  readonly decoder: Sizes
  readonly encoder: Sizes
  readonly runs: number | undefined
}

function generation(places: Places): OperatorRule {
  return {
    shape: (context) => {
      const vocabulary = inferSubgraphs(context, planOf(context, places))
      return outputsOf(context, places, vocabulary)
    },
    cost: (context) => generationCost(context, planOf(context, places)),
    settingInputs: 'all',
  }
}

/** Without a known length one run of the decoder over the whole prompt stands for the generation. */
function planOf(context: NodeContext, { beams }: Places): Plan {
  const [batch = context.unknownDimension('batch'), length = context.unknownDimension('prompt')] = promptOf(context)
  const width = beams === undefined ? 1 : (scalarDimension(context, beams) ?? 1)
  const rows = multiply(batch, width)
  const source = (context.shape(0)?.length ?? 2) > 2 ? floorDivide(dimensionAt(context, 0, 2, 'frames'), 2) : length
  const encoder = { batch, tokens: 1, past: 0, source: length }
  const longest = context.numbers(1)?.[0]
  if (longest === undefined || typeof length !== 'number') {
    const isDecoderOnly = context.int('model_type', 0) === 0
    return { decoder: { batch: rows, tokens: isDecoderOnly ? length : 1, past: 0, source }, encoder, runs: undefined }
  }
  const runs = Math.max(longest - 1, 1)
  return { decoder: { batch: rows, tokens: 1, past: Math.floor(runs / 2), source }, encoder, runs }
}

/** Ids `[N, S]`; the features `[N, bands, frames]` of speech start with one token. */
function promptOf(context: NodeContext): readonly (Dimension | undefined)[] {
  const shape = context.shape(0)
  return shape?.length === 3 ? [shape[0], 1] : (shape ?? [])
}

function graphOf(context: NodeContext, name: string): Graph | undefined {
  const attribute = context.attribute(name)
  return attribute?.kind === 'graph' ? attribute.value : undefined
}

/** @returns the size of the vocabulary, from the decoder's first output */
function inferSubgraphs(context: NodeContext, plan: Plan): Dimension | undefined {
  const encoder = graphOf(context, 'encoder')
  const decoder = graphOf(context, 'decoder')
  if (encoder !== undefined) {
    const [, ...others] = encoder.inputs.map((input) => boundInput(input, plan.encoder))
    context.inferSubgraph(encoder, [context.inputs[0], ...others])
  }
  if (decoder === undefined) return undefined
  const [logits] = context.inferSubgraph(
    decoder,
    decoder.inputs.map((input) => boundInput(input, plan.decoder)),
  )
  return logits?.type?.kind === 'tensor' ? logits.type.shape?.at(-1) : undefined
}

/** The names of free dimensions tell what they are; exporters of onnxruntime agree on them. */
function boundInput({ type }: ValueInfo, sizes: Sizes): KnownValue | undefined {
  if (type?.kind !== 'tensor' || type.shape === undefined) return undefined
  return tensor(
    type.dtype,
    type.shape.map((size) => (typeof size === 'number' ? size : (sizeNamed(size.text, sizes) ?? size))),
  )
}

function sizeNamed(name: string, { batch, tokens, past, source }: Sizes): Dimension | undefined {
  const total = typeof past === 'number' && typeof tokens === 'number' ? past + tokens : tokens
  const meanings: readonly (readonly [RegExp, Dimension])[] = [
    [/batch/i, batch],
    [/past/i, past],
    [/total|mask|all/i, total],
    [/encode|source|cross|frames/i, source],
    [/seq|len|token|decode/i, tokens],
  ]
  return meanings.find(([pattern]) => pattern.test(name))?.[1]
}

/** Token ids `[N, (returned,) longest]`, and with beams their scores. */
function outputsOf(
  context: NodeContext,
  { beams, returned }: Places,
  vocabulary: Dimension | undefined,
): readonly (KnownValue | undefined)[] {
  const [batch = context.unknownDimension('batch'), prompt = context.unknownDimension('prompt')] = promptOf(context)
  const longest = scalarDimension(context, 1) ?? context.unknownDimension('longest')
  const words = context.int('vocab_size', -1) > 0 ? context.int('vocab_size', 0) : vocabulary
  const width = words ?? context.unknownDimension('vocabulary')
  if (beams === undefined || returned === undefined) {
    return [tensor('int32', [batch, longest]), tensor('float32', [batch, width])]
  }
  const kept = scalarDimension(context, returned) ?? context.unknownDimension('returned')
  const searched = scalarDimension(context, beams) ?? context.unknownDimension('beams')
  const scores: Shape = [subtract(longest, prompt), batch, searched, width]
  return [
    tensor('int32', [batch, kept, longest]),
    tensor('float32', [batch, kept]),
    tensor('float32', scores),
    tensor('float32', undefined),
    tensor('float32', [batch]),
  ]
}

function generationCost(context: CostContext, plan: Plan): Cost {
  const encoder = graphOf(context, 'encoder')
  const decoder = graphOf(context, 'decoder')
  const name = context.node.operator
  context.assume(
    plan.runs === undefined
      ? `${name}: the run decides how many tokens come out; the decoder is counted once, for one beam unless the file says more`
      : `${name}: the decoder is counted for each of ${plan.runs} tokens, with a cache that is half full`,
  )
  const once = encoder === undefined ? steps(0) : context.subgraph(encoder)
  const decoded = decoder === undefined ? steps(0) : context.subgraph(decoder, plan.runs ?? 1)
  const words = Math.max(context.int('vocab_size', 0), 0)
  const rows = typeof plan.decoder.batch === 'number' ? plan.decoder.batch : 0
  return sumOfCosts(once, decoded, steps(SOFTMAX_STEPS * rows * words * (plan.runs ?? 1)))
}
