/** Finds the converter of a layer: those of users first. */
import { quoted } from '../../src/core/quoted.js'
import { layerError } from './keras-errors.js'
import type { LayerConverter } from './layer-call.js'
import type { KerasLayerRegistry } from './layer-registry.js'
import { LAYERS } from './layer-table.js'
import { isKnownOperator, kerasOperation } from './operators/convert-operator.js'
import { REFUSED_LAYERS } from './refused-layers.js'

/** A layer to be converted. */
export interface LayerKind {
  readonly className: string
  readonly name: string
  /** Keras 3 has operators with the names of layers. */
  readonly isOperation?: boolean
}

/** @returns whether it is an operator of Keras 3, not a layer of the same name */
export function isOperator({ className, isOperation }: Omit<LayerKind, 'name'>): boolean {
  return isOperation === true && (isKnownOperator(className) || !LAYERS.has(className))
}

/** @throws {UnsupportedError} `E_KERAS_LAYER` names a layer that nothing converts */
export function findConverter(
  registry: KerasLayerRegistry,
  { className, name, isOperation = false }: LayerKind,
): LayerConverter {
  const own = registry.get(className)
  if (own !== undefined) return own
  if (isOperator({ className, isOperation })) return kerasOperation
  const known = LAYERS.get(className)
  if (known !== undefined) return known
  const reason = REFUSED_LAYERS.get(className) ?? `there is no converter for the class ${quoted(className)}`
  throw layerError(className, name, reason)
}
