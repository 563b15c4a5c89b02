/** Competitors that take no part in a comparison, which goes on without them. */
import { EngineError, InterruptedError } from '../src/core/errors.js'

/** Who takes no part, and why. */
export interface Dropout {
  readonly name: string
  readonly cause: unknown
}

/**
 * @returns the cause, where only this competitor suffers from it
 * @throws {EngineError} of an engine that was named and is not there; {InterruptedError}: both stop the others too
 */
export function droppable(cause: unknown): unknown {
  if (cause instanceof InterruptedError || cause instanceof EngineError) throw cause
  return cause
}
