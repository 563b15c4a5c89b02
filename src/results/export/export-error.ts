/** What keeps a result from another program. */
import { GreenbenchError } from '../../core/errors.js'

/** `E_EXPORT`: the other program is not there, refuses, or says something that cannot be used. */
export class ExportError extends GreenbenchError {
  constructor(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super('E_EXPORT', message, options)
  }
}
