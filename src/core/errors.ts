/** One root class for everything greenbench refuses: a stable code, what happened, and what to do next. */

/** Stable codes that scripts may rely on; the message may change, the code may not. */
export type ErrorCode = `E_${string}`

/** Root of all errors that greenbench raises on purpose. */
export class GreenbenchError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  /**
   * @param code - stable code, `E_...`
   * @param message - one line: the thing, the value met and the value expected
   * @param options - `hint`: one line that says what to do next; `cause`: the error underneath
   */
  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.hint = options.hint
  }
}

/** The command line, an option or an argument of the library is wrong: the caller must act (exit code 2). */
export class UsageError extends GreenbenchError {}

/** A file's bytes are not what its format promises. */
export class FormatError extends GreenbenchError {}

/** The file is valid, but uses something that greenbench or the engine cannot do. */
export class UnsupportedError extends GreenbenchError {}

/** An engine, or what it should run on, is not there. The command line exits with 5. */
export class EngineError extends UnsupportedError {}

/** A sensor cannot be used. The command line exits with 4 when the profiler was asked for by name. */
export class ProfilerError extends GreenbenchError {}

/** A measurement cannot be made or trusted. */
export class MeasurementError extends GreenbenchError {}

/** The user asked to stop; what was measured so far is kept (exit code 130). */
export class InterruptedError extends GreenbenchError {
  constructor(message = 'interrupted') {
    super('E_INTERRUPTED', message)
  }
}
