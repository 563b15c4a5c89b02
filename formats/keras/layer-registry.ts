/** Converters of layers that users add. */
import { UsageError } from '../../src/core/errors.js'
import type { LayerConverter } from './layer-call.js'

/** Converters by class name, which go before those of greenbench. */
export class KerasLayerRegistry {
  readonly #converters = new Map<string, LayerConverter>()

  /**
   * Adds a converter, in place of an earlier one of that name.
   *
   * @param className - as the file has it, without the package of a registered class
   * @throws {UsageError} `E_KERAS_CONVERTER` for what is no function
   */
  register(className: string, converter: LayerConverter): this {
    if (typeof converter !== 'function' || typeof className !== 'string' || className === '') {
      throw new UsageError('E_KERAS_CONVERTER', 'registerKerasLayer takes a class name and a function', {
        hint: 'registerKerasLayer("MyLayer", (call) => call.graph.elementwise(call.input, "Relu"))',
      })
    }
    this.#converters.set(className, converter)
    return this
  }

  /** @returns the user's converter, if there is one */
  get(className: string): LayerConverter | undefined {
    return this.#converters.get(className)
  }
}
