/** Finds the format of a file by content first, by its ending second. */
import { extname } from 'node:path'
import { FormatError, GreenbenchError, InterruptedError, UnsupportedError, UsageError } from '../src/core/errors.js'
import type { LoadOptions, Model, ModelFormat } from './format.js'
import { recognise } from './known-kinds.js'
import { onnxFormat } from './onnx/onnx-format.js'
import { type ModelSource, openSource } from './source.js'

/** Options of `ModelFactory.open`. */
export interface OpenOptions extends LoadOptions {
  /** Name of the format to use, whatever the file looks like. */
  readonly format?: string
}

/** A list of formats that is asked in order; users' formats come before the predefined ones. */
export class ModelFactory {
  readonly #formats: ModelFormat[] = []

  /** @returns a factory that knows every format of greenbench */
  static withPredefinedFormats(): ModelFactory {
    return new ModelFactory().register(onnxFormat)
  }

  /** Names of all formats, in the order in which they are asked. */
  get names(): readonly string[] {
    return this.#formats.map((format) => format.name)
  }

  /**
   * Adds a format, which is asked before all others so far.
   *
   * @throws {UsageError} `E_FORMAT_INVALID` when it lacks a member of `ModelFormat`
   */
  register(format: ModelFormat): this {
    const missing = missingMember(format)
    if (missing !== undefined) {
      throw new UsageError('E_FORMAT_INVALID', `a format lacks ${missing}`, {
        hint: 'a format is { name, extensions, matches(source), load(source, options) }',
      })
    }
    this.#formats.unshift(format)
    return this
  }

  /**
   * Opens a model: formats that are sure of the content first, then kinds that are known but not supported, then formats
   * to which the content is possible, those with the file's ending first.
   *
   * @throws {FormatError} `E_UNKNOWN_FORMAT` lists what was tried; `E_FILE_...` where the path cannot be read; `E_FORMAT_...`
   *   names a format that misbehaves; everything that the formats throw
   * @throws {UnsupportedError} `E_UNSUPPORTED_FORMAT` names a known kind that is not supported
   * @throws {FormatError} `E_NOT_A_MODEL` names what the file is instead, e.g. a picture
   */
  async open(path: string, options: OpenOptions = {}): Promise<Model> {
    if (options.signal?.aborted) throw new InterruptedError()
    const source = openSource(path)
    if (options.format !== undefined) return load(this.#named(options.format), source, options)
    const verdicts = await this.#ask(source)
    const sure = verdicts.find((entry) => entry.verdict === 'sure')
    if (sure !== undefined) return load(sure.format, source, options)
    const kind = recognise(source)
    if (kind !== undefined) {
      const message = `${path} is ${kind.what}`
      if (kind.isModel) throw new UnsupportedError('E_UNSUPPORTED_FORMAT', message, { hint: kind.hint })
      throw new FormatError('E_NOT_A_MODEL', message, { hint: kind.hint })
    }
    return this.#tryPossible(source, verdicts, options)
  }

  #named(name: string): ModelFormat {
    const format = this.#formats.find((candidate) => candidate.name === name)
    if (format !== undefined) return format
    throw new UsageError('E_FORMAT_UNKNOWN', `there is no format "${name}"`, {
      hint: `known: ${this.names.join(', ')}`,
    })
  }

  async #ask(source: ModelSource): Promise<Verdict[]> {
    const verdicts: Verdict[] = []
    for (const format of this.#formats) {
      const verdict = await askFormat(format, source)
      verdicts.push({ format, verdict })
      if (verdict === 'sure') break
    }
    return verdicts
  }

  async #tryPossible(source: ModelSource, verdicts: readonly Verdict[], options: LoadOptions): Promise<Model> {
    const extension = extname(source.path).toLowerCase()
    const fits = (format: ModelFormat) => format.extensions.includes(extension)
    const possible = verdicts.filter((entry) => entry.verdict === 'possible').map((entry) => entry.format)
    const refusals = verdicts.flatMap(({ format, verdict }) =>
      verdict === 'no' ? [{ name: format.name, reason: 'its content is something else' }] : [],
    )
    for (const format of [...possible.filter(fits), ...possible.filter((candidate) => !fits(candidate))]) {
      try {
        return await load(format, source, options)
      } catch (cause) {
        if (!(cause instanceof FormatError) || (possible.length === 1 && fits(format))) throw cause
        refusals.push({ name: format.name, reason: cause.message })
      }
    }
    throw unknownFormat(source, refusals)
  }
}

type Match = 'sure' | 'possible' | 'no'

interface Verdict {
  readonly format: ModelFormat
  readonly verdict: Match
}

/** A plugin written in JavaScript may lack anything. */
function missingMember(format: Partial<ModelFormat>): string | undefined {
  if (typeof format !== 'object' || format === null) return 'everything: it is no object'
  if (typeof format.name !== 'string' || format.name === '') return 'a name'
  if (!Array.isArray(format.extensions)) return `extensions ("${format.name}")`
  if (typeof format.matches !== 'function') return `matches() ("${format.name}")`
  return typeof format.load === 'function' ? undefined : `load() ("${format.name}")`
}

async function askFormat(format: ModelFormat, source: ModelSource): Promise<Match> {
  const verdict: unknown = await guarded(format, 'matches()', () => format.matches(source))
  if (verdict === 'sure' || verdict === 'possible' || verdict === 'no') return verdict
  throw new FormatError('E_FORMAT_RESULT', `format "${format.name}": matches() gave ${show(verdict)}`, {
    hint: 'it must give "sure", "possible" or "no": tell whoever wrote the format',
  })
}

async function load(format: ModelFormat, source: ModelSource, options: LoadOptions): Promise<Model> {
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

function unknownFormat(source: ModelSource, refusals: readonly { name: string; reason: string }[]): FormatError {
  const tried = refusals.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
  return new FormatError(
    'E_UNKNOWN_FORMAT',
    `${source.path} is no model of a known kind (tried ${tried || 'nothing'})`,
    {
      hint: 'name an ONNX file, or load a format of your own with --plugin',
    },
  )
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : String(value).slice(0, 40)
}
