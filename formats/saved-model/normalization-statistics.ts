/**
 * Weights of Keras' layer Normalization, which Keras counts among a model's parameters: the graph holds constants in their
 * stead, made when the layer was built, and does not read the variables.
 *
 * @see https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
 */
import type { MetaGraphProto } from './saved-model-schema.js'

/** A variable and its key in the checkpoint. */
export interface SavedVariable {
  readonly name: string
  readonly key: string
}

/**
 * A layer keeps `mean`, `variance` and a whole number, `count`, none of them trained.
 *
 * @param keys - name of a variable -> key, for variables that the graph does not read
 */
export function normalizationStatistics(
  { objects }: MetaGraphProto,
  keys: ReadonlyMap<string, string>,
): readonly SavedVariable[] {
  const variables = (objects?.nodes ?? []).flatMap(({ variable }) => variable ?? [])
  const fixed = new Set(variables.flatMap(({ name, trainable }) => ((trainable ?? 0) === 0 ? (name ?? []) : [])))
  const counters = variables.filter(({ dtype }) => dtype === INT64).map(({ name = '' }) => name)
  return [...new Set(counters)]
    .filter((name) => /(^|\/)count$/.test(name))
    .map((name) => STATISTICS.map((role) => name.replace(/count$/, role)))
    .filter((names) => names.every((name) => fixed.has(name)))
    .flatMap((names) => names.flatMap((name) => variableAt(name, keys)))
}

const INT64 = 9
const STATISTICS = ['mean', 'variance', 'count'] as const

function variableAt(name: string, keys: ReadonlyMap<string, string>): readonly SavedVariable[] {
  const key = keys.get(name)
  return key === undefined ? [] : [{ name, key }]
}
