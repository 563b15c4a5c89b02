/** Finds the format of a file by content first, by its ending second. */
import type { LoadOptions, Model, ModelFormat } from './format.js'

/** A list of formats that is asked in order; users' formats come before the predefined ones. */
export class ModelFactory {
  readonly #formats: ModelFormat[] = []

  /** @returns a factory that knows every format of greenbench */
  static withPredefinedFormats(): ModelFactory {
    return new ModelFactory()
  }

  /** Adds a format, which is asked before all others so far. */
  register(format: ModelFormat): this {
    this.#formats.unshift(format)
    return this
  }

  /** Opens a model; the error lists what was tried. */
  open(path: string, _options: LoadOptions = {}): Promise<Model> {
    return Promise.reject(new Error(`no format for ${path}`))
  }
}
