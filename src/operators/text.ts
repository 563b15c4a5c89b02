/**
 * Tensors of strings; one operation per string, since their lengths are known only to the run.
 *
 * @see https://onnx.ai/onnx/operators/onnx__StringNormalizer.html
 */
import type { Shape } from '../graph/dimension.js'
import { tensor } from './known-value.js'
import type { Cost, CostContext, KnownValue, NodeContext, OperatorFamily } from './rule.js'
import { perOutput } from './shape/cost.js'
import { withLast } from './shape/layout.js'
import { broadcastInputs, sameShape } from './shape/same.js'
import { steps } from './shape/steps.js'

export const text: OperatorFamily = {
  StringNormalizer: { shape: (context) => [normalized(context)], cost: perString },
  StringConcat: {
    shape: (context) => [tensor('string', broadcastInputs(context))],
    cost: perOutput(),
  },
  StringSplit: { shape: split, cost: perString },
  RegexFullMatch: { shape: sameShape('bool'), cost: perString },
  TfIdfVectorizer: { shape: (context) => [ngramCounts(context)], cost: ngramCost },
}

function perString(context: CostContext): Cost {
  context.assume('string operators: counted as one operation per string')
  return steps(context.inputElements(0))
}

/** `[C]` or `[1, C]`; stop words leave fewer. */
function normalized(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  const stopwords = context.attribute('stopwords')
  const isShorter = stopwords?.kind === 'strings' && stopwords.value.length > 0
  return tensor('string', isShorter ? shape && withLast(shape, context.unknownDimension('words', shape.at(-1))) : shape)
}

/** The parts of every string along a new last axis, and how many there are. */
function split(context: NodeContext): readonly (KnownValue | undefined)[] {
  const shape = context.shape(0)
  const parts: Shape | undefined = shape && [...shape, context.unknownDimension('parts')]
  return [tensor('string', parts), tensor('int64', shape)]
}

/** `[C]` gives `[max(ngram_indexes) + 1]`, `[N, C]` a row of that for each. */
function ngramCounts(context: NodeContext): KnownValue | undefined {
  const shape = context.shape(0)
  const indexes = context.ints('ngram_indexes') ?? []
  const width = indexes.reduce((largest, index) => Math.max(largest, index), -1) + 1
  return tensor('float32', shape && [...shape.slice(0, -1), width])
}

/** Every start, length and skip looks up one n-gram; weights scale the counts. */
function ngramCost(context: CostContext): Cost {
  const lengths = Math.max(context.int('max_gram_length', 1) - context.int('min_gram_length', 1) + 1, 0)
  const lookups = context.inputElements(0) * lengths * (context.int('max_skip_count', 0) + 1)
  return steps(lookups + (context.text('mode', 'TF') === 'TF' ? 0 : context.outputElements(0)))
}
