/** Finds the scores of a classifier among a model's outputs, and ranks classes by them. */
import type { Tensor } from '../src/graph/tensor.js'

/** The output that gives one score per class. */
export interface ScoreOutput {
  readonly name: string
  readonly classes: number
}

/**
 * @param outputs - of a run, in the model's order
 * @returns the first output of shape `[N, C]`, further axes of size 1 allowed; `[C]` for a single image. `undefined`
 *   when there is none: the model is no classifier of whole images
 */
export function findScores(outputs: ReadonlyMap<string, Tensor>, batchSize: number): ScoreOutput | undefined {
  for (const [name, { dtype, shape, data }] of outputs) {
    if (dtype === 'string' || data.length === 0) continue
    const axes = shape[0] === batchSize && shape.length > 1 ? shape.slice(1) : batchSize === 1 ? shape : []
    const wide = axes.filter((size) => size !== 1)
    if (wide.length === 1 && wide[0] !== undefined) return { name, classes: wide[0] }
  }
  return undefined
}

/**
 * @param scores - `[N, C]`, row-major
 * @returns how many classes of that row score higher than `label`, or as high with a lower index: 0 is a top-1 hit;
 *   the number of classes when the label's own score is not a number
 */
export function rankOf(scores: Tensor, row: number, classes: number, label: number): number {
  const valueAt = reader(scores)
  const start = row * classes
  const own = valueAt(start + label)
  if (Number.isNaN(own)) return classes
  let rank = 0
  for (let index = 0; index < classes; index++) {
    const other = valueAt(start + index)
    if (other > own || (other === own && index < label)) rank++
  }
  return rank
}

/** Half floats are compared by bits put into an order of their own, so that nothing has to be converted. */
function reader({ dtype, data }: Tensor): (index: number) => number {
  if (dtype === 'float16') return (index) => orderOfHalf(Number(data[index]))
  return (index) => Number(data[index])
}

function orderOfHalf(bits: number): number {
  const magnitude = bits & 0x7fff
  if (magnitude > 0x7c00) return Number.NaN
  return bits & 0x8000 ? -magnitude : magnitude
}
