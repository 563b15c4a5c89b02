/** How the Keras reader says no: broken bytes, broken configs, and layers that it does not know. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'

const DAMAGED = 'the file is damaged or not what its name says: download or save it again'

/** @returns an error for bytes that HDF5 cannot make sense of: code `E_HDF5` */
export function hdf5Error(path: string, what: string, cause?: unknown): FormatError {
  return new FormatError('E_HDF5', `${path}: ${what}`, { hint: DAMAGED, cause })
}

/** @returns an error for a config that no Keras writes: code `E_KERAS_CONFIG` */
export function configError(what: string): FormatError {
  return new FormatError('E_KERAS_CONFIG', what, { hint: 'save the model again with the Keras that made it' })
}

/** @returns an error for weights that do not fit their layer: code `E_KERAS_WEIGHTS` */
export function weightError(what: string): FormatError {
  return new FormatError('E_KERAS_WEIGHTS', what, { hint: 'save the model again with the Keras that made it' })
}

/** @returns an error for a layer or a setting that has no converter: code `E_KERAS_LAYER` */
export function layerError(className: string, name: string, reason: string): UnsupportedError {
  return new UnsupportedError('E_KERAS_LAYER', `layer ${quoted(name)} (${plain(className)}): ${reason}`, {
    hint: `give a converter with --plugin: export default ({ registerKerasLayer }) => registerKerasLayer(${quoted(className)}, ...)`,
  })
}

const plain = (text: string): string => quoted(text).slice(1, -1)
