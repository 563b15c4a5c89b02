/** What the user should know of how a model is trained. */
import type { ModelGraph, Node } from '../../graph/graph.js'
import { shapeOf } from '../../operators/known-value.js'
import type { GraphTrace, NodeTrace } from '../../operators/trace.js'

/** What was done to the model. `trace`: of the batches that it is trained with. */
export interface Preparation {
  readonly batchNormalization: 'batch' | 'frozen'
  readonly isFromScratch: boolean
  /** Constants of the new head. */
  readonly head: ReadonlySet<string>
  /** Weights that the file makes when it runs. */
  readonly made: ReadonlySet<string>
  readonly classes: number | undefined
  /** Weights that the file stores in 16 bits. */
  readonly widened?: ReadonlySet<string>
  readonly trace?: GraphTrace
}

/** Fewer convolutions may well do without normalisation. */
const MANY_CONVOLUTIONS = 8
const NORMALIZATIONS = /^(Batch|Instance|Layer|Group|RMS|MeanVariance)Normalization$|^LRN$/

/** @param model - as it is trained */
export function notesOn({ main }: ModelGraph, preparation: Preparation): readonly string[] {
  const { head, made, isFromScratch, classes } = preparation
  const stored = preparation.widened?.size ?? 0
  const counts = new Map<string, number>()
  for (const { operator } of main.nodes) counts.set(operator, (counts.get(operator) ?? 0) + 1)
  const normalizations = normalizationNotes(main.nodes, counts, preparation.batchNormalization)
  const scratch = isFromScratch ? ['all weights start from random values'] : []
  const missing = `${made.size} weights that the file makes when it runs hold nothing learned, they start from random values`
  const replaced = `the last layer is new, for ${classes} classes, and starts from random values`
  return [
    ...normalizations,
    ...singleValueNotes(preparation),
    ...(stored > 0 ? [`${stored} weights that the file stores in 16 bits are trained and saved in float32`] : []),
    ...(isFromScratch ? scratch : made.size > 0 ? [missing] : []),
    ...(head.size > 0 ? [replaced] : []),
  ]
}

function normalizationNotes(
  nodes: readonly Node[],
  counts: ReadonlyMap<string, number>,
  mode: 'batch' | 'frozen',
): readonly string[] {
  const batch = counts.get('BatchNormalization') ?? 0
  if (batch > 0 && mode === 'frozen')
    return [`the statistics of batch normalisation (${batch} nodes) stay those of the file`]
  const convolutions = nodes.filter(({ operator }) => operator === 'Conv')
  const areBiased = convolutions.every(({ inputs }) => (inputs[2] ?? '') !== '')
  const hasNone = ![...counts.keys()].some((operator) => NORMALIZATIONS.test(operator))
  if (!hasNone || !areBiased || convolutions.length < MANY_CONVOLUTIONS) return []
  return [
    `no normalisation among ${convolutions.length} convolutions: if the model had some, its export folded it into them, ` +
      'and it is trained without; export it in training mode to train it with',
  ]
}

/** A value less itself is 0, whatever it was, and so is the variance that the running one follows. PyTorch refuses this. */
function singleValueNotes({ trace, batchNormalization }: Preparation): readonly string[] {
  const count = batchNormalization === 'batch' ? (trace?.nodes.filter(hasSingleValues).length ?? 0) : 0
  if (count === 0) return []
  return [
    `batch normalisation sees one value per channel in each batch (${count} nodes): its output does not depend on the image, ` +
      'and the running variance goes to 0; train with larger batches',
  ]
}

function hasSingleValues({ node, inputs }: NodeTrace): boolean {
  const shape = shapeOf(inputs[0])
  if (node.domain !== '' || node.operator !== 'BatchNormalization' || shape === undefined) return false
  return shape.every((size, axis) => axis === 1 || size === 1)
}
