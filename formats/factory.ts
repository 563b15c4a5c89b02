/** Finds the format of a file by content first, by its ending second. */
import { extname } from 'node:path'
import {
  FormatError,
  type GreenbenchError,
  InterruptedError,
  UnsupportedError,
  UsageError,
} from '../src/core/errors.js'
import type { LoadOptions, Model, ModelFormat } from './format.js'
import { kerasFormat } from './keras/keras-format.js'
import { KerasLayerRegistry } from './keras/layer-registry.js'
import { recognise } from './known-kinds.js'
import { onnxFormat } from './onnx/onnx-format.js'
import { askFormat, isRefusal, loadWith, missingMember } from './plugin-calls.js'
import { savedModelFormat } from './saved-model/saved-model-format.js'
import { type ModelSource, openSource } from './source.js'
import { safetensorsFormat, torchExportFormat, torchScriptFormat, torchWeightsFormat } from './torch/torch-format.js'

/** Options of `ModelFactory.open`. */
export interface OpenOptions extends LoadOptions {
  /** Name of the format to use, whatever the file looks like. */
  readonly format?: string
}

/** A list of formats that is asked in order; users' formats come before the predefined ones. */
export class ModelFactory {
  readonly #formats: ModelFormat[] = []
  /** Converters of Keras layers; those added later count for every file opened from then on. */
  readonly kerasLayers = new KerasLayerRegistry()

  /** @returns a factory that knows every format of greenbench */
  static withPredefinedFormats(): ModelFactory {
    const factory = new ModelFactory()
    return factory
      .register(onnxFormat)
      .register(safetensorsFormat)
      .register(torchWeightsFormat)
      .register(torchScriptFormat)
      .register(torchExportFormat)
      .register(savedModelFormat)
      .register(kerasFormat(factory.kerasLayers))
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
   * Opens a model: formats that are sure of the content first, then those to which it is possible, of these the ones with
   * the file's ending first.
   *
   * @throws {FormatError} `E_UNKNOWN_FORMAT` lists what was tried; `E_FILE_...` where the path cannot be read; `E_FORMAT_...`
   *   names a format that misbehaves; everything that the formats throw
   * @throws {UnsupportedError} `E_UNSUPPORTED_FORMAT` names a known kind that is not supported
   * @throws {FormatError} `E_NOT_A_MODEL` names what the file is instead, e.g. a picture
   */
  async open(path: string, options: OpenOptions = {}): Promise<Model> {
    if (options.signal?.aborted) throw new InterruptedError()
    const source = openSource(path)
    if (options.format !== undefined) return loadWith(this.#named(options.format), source, options)
    const verdicts = await this.#ask(source)
    const sure = verdicts.find((entry) => entry.verdict === 'sure')
    if (sure !== undefined) return loadWith(sure.format, source, options)
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
    const refusals = verdicts.flatMap(({ format, verdict }): Refusal[] =>
      verdict === 'no' ? [{ name: format.name, reason: 'its content is something else' }] : [],
    )
    for (const format of [...possible.filter(fits), ...possible.filter((candidate) => !fits(candidate))]) {
      try {
        return await loadWith(format, source, options)
      } catch (cause) {
        if (!isRefusal(cause)) throw cause
        refusals.push({ name: format.name, reason: cause.message, error: cause })
      }
    }
    throw refusalOf(source, refusals)
  }
}

interface Verdict {
  readonly format: ModelFormat
  readonly verdict: 'sure' | 'possible' | 'no'
}

interface Refusal {
  readonly name: string
  readonly reason: string
  /** Set where the format tried to read the file. */
  readonly error?: FormatError
}

/** The plainest of what can be said: what the file is, what is wrong with it, or what was tried. */
function refusalOf(source: ModelSource, refusals: readonly Refusal[]): GreenbenchError {
  const kind = recognise(source)
  if (kind !== undefined) {
    const message = `${source.path} is ${kind.what}`
    if (!kind.isModel) return new FormatError('E_NOT_A_MODEL', message, { hint: kind.hint })
    return new UnsupportedError('E_UNSUPPORTED_FORMAT', message, { hint: kind.hint })
  }
  const [error, ...others] = refusals.flatMap((refusal) => refusal.error ?? [])
  const isNamedSo = extname(source.path).toLowerCase() === '.onnx'
  if (error !== undefined && others.length === 0 && isNamedSo) return error
  const tried = refusals.map(({ name, reason }) => `${name}: ${reason}`).join('; ') || 'nothing'
  const hint = isNamedSo
    ? 'the file is damaged or not what its name says: download or export it again'
    : 'name an ONNX, Keras, TensorFlow or PyTorch file, or load a format of your own with --plugin'
  return new FormatError('E_UNKNOWN_FORMAT', `${source.path} is no model of a known kind (tried ${tried})`, { hint })
}
