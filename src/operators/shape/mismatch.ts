/** The error of a node whose inputs do not fit its operator. */
import { FormatError } from '../../core/errors.js'

/** @returns `E_NODE_SHAPE`; `message` names what was met and what was expected. The walk adds which node it was. */
export function mismatch(message: string): FormatError {
  return new FormatError('E_NODE_SHAPE', message)
}
