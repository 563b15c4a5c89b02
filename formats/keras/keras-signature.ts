/** Names that every `.keras` archive holds. */
import type { ModelSource } from '../source.js'
import { zipNames } from '../zip/zip-names.js'

/** Entry with the weights. */
export const WEIGHTS_ENTRY = 'model.weights.h5'
/** Entry with the layers. */
export const CONFIG_ENTRY = 'config.json'

/** @returns whether a file is such an archive; never throws */
export function isKerasArchive(source: ModelSource): boolean {
  try {
    const names = zipNames(source)
    return names.includes(CONFIG_ENTRY) && names.includes(WEIGHTS_ENTRY)
  } catch {
    return false
  }
}
