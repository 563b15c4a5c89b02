/** What TensorFlow.js says of a failure, in one line of greenbench's words. */
import { GreenbenchError, MeasurementError, UnsupportedError } from '../../core/errors.js'

const LONGEST_MESSAGE = 400

/**
 * @param cause - what was thrown; errors of greenbench pass through unchanged
 * @param model, engine - their names
 * @param hint - what to do where memory is not what lacks
 */
export function runError(cause: unknown, model: string, engine: string, hint: string): GreenbenchError {
  if (cause instanceof GreenbenchError) return cause
  const said = saidBy(cause)
  if (/memory|allocation/i.test(said)) {
    return new MeasurementError('E_OUT_OF_MEMORY', `cannot run ${model}: there is not enough memory`, {
      hint: 'use a smaller --batch; WebAssembly ends at 4 GiB',
      cause,
    })
  }
  return new UnsupportedError('E_ENGINE_RUN', `cannot run ${model} on ${engine}: ${said}`, { hint, cause })
}

/** @returns what a library said, on one line */
export const saidBy = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ').slice(0, LONGEST_MESSAGE)
