/** Calls of formats that users wrote: whatever they throw or return, the error names the format. */
import { FormatError, GreenbenchError, InterruptedError } from '../src/core/errors.js'
import type { LoadOptions, Model, ModelFormat } from './format.js'
import type { ModelSource } from './source.js'

type Match = 'sure' | 'possible' | 'no'

/** @returns whether an error says that the file is not of that format, and not that the format is at fault */
export function isRefusal(error: unknown): error is FormatError {
  return error instanceof FormatError && error.code !== 'E_FORMAT_FAILED' && error.code !== 'E_FORMAT_RESULT'
}

/** A plugin written in JavaScript may lack anything. @returns what is missing or wrong, or `undefined` */
export function missingMember(format: Partial<ModelFormat>): string | undefined {
  if (typeof format !== 'object' || format === null) return 'everything: it is no object'
  if (typeof format.name !== 'string' || format.name === '') return 'a name'
  if (!Array.isArray(format.extensions)) return `extensions ("${format.name}")`
  if (typeof format.matches !== 'function') return `matches() ("${format.name}")`
  return typeof format.load === 'function' ? undefined : `load() ("${format.name}")`
}

/**
 * @returns what the format says of the source
 * @throws {FormatError} `E_FORMAT_FAILED`, `E_FORMAT_RESULT`
 */
export async function askFormat(format: ModelFormat, source: ModelSource): Promise<Match> {
  const verdict: unknown = await guarded(format, 'matches()', () => format.matches(source))
  if (verdict === 'sure' || verdict === 'possible' || verdict === 'no') return verdict
  throw new FormatError('E_FORMAT_RESULT', `format "${format.name}": matches() gave ${show(verdict)}`, {
    hint: 'it must give "sure", "possible" or "no": tell whoever wrote the format',
  })
}

/**
 * @returns a model that has everything it must have
 * @throws {FormatError} `E_FORMAT_FAILED`, `E_FORMAT_RESULT`
 * @throws {InterruptedError}
 */
export async function loadWith(format: ModelFormat, source: ModelSource, options: LoadOptions): Promise<Model> {
  const model: Partial<Model> | undefined = await guarded(format, 'load()', () => format.load(source, options))
  const missing = missingField(model)
  if (options.signal?.aborted) throw new InterruptedError()
  if (missing === undefined) return model as Model
  throw new FormatError('E_FORMAT_RESULT', `format "${format.name}": load() gave a model without ${missing}`, {
    hint: 'tell whoever wrote the format',
  })
}

function missingField(model: Partial<Model> | undefined): string | undefined {
  if (typeof model !== 'object' || model === null) return 'anything'
  if (typeof model.name !== 'string') return 'name'
  if (typeof model.format !== 'string') return 'format'
  if (typeof model.path !== 'string') return 'path'
  if (typeof model.bytes !== 'number' || !(model.bytes >= 0)) return 'bytes'
  if (!Array.isArray(model.inputs)) return 'inputs'
  if (!Array.isArray(model.outputs)) return 'outputs'
  return typeof model.sha256 === 'function' ? undefined : 'sha256()'
}

/** Errors of greenbench pass; anything else is a fault of the format and names it. */
async function guarded<T>(format: ModelFormat, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof GreenbenchError) throw cause
    const reason = cause instanceof Error ? cause.message : show(cause)
    throw new FormatError('E_FORMAT_FAILED', `format "${format.name}": ${what} failed: ${reason}`, {
      hint: 'tell whoever wrote the format',
      cause,
    })
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : String(value).slice(0, 40)
}
