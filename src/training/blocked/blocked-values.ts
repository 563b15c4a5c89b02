/**
 * Values whose channels lie in blocks: `[N, C/b, H, W, b]` in memory, `[N, C, H, W]` by their sizes.
 *
 * onnxruntime's convolutions are quicker by a third on such values. A value of the model is known here by its own name and
 * by that of its blocked form; operators that work element by element run on the blocked one, and the plain one is written
 * only before a node that reads it.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/contrib_ops/cpu/nchwc_ops.cc
 */
import type { ChannelBlock } from '../../engines/channel-block.js'
import { int } from '../../graph/attributes.js'
import type { Attributes } from '../../graph/builder.js'
import type { Emitter, Sizes } from '../emitter.js'
import { type WeightLayout, wholeBlocks } from './weight-layout.js'

/** Operators of onnxruntime's blocked layout. */
export const BLOCKED_DOMAIN = 'com.microsoft.nchwc'

/** A blocked value. `sizes` are `[N, C, H, W]` with the channels that the model knows. */
export interface BlockedValue {
  readonly name: string
  readonly sizes: Sizes
}

/** Elementwise operators that give 0 where all inputs are 0, so that channels filled up stay 0. */
const KEEPS_ZERO = ['Relu', 'LeakyRelu', 'Add', 'Sub', 'Mul', 'Neg', 'Abs', 'Sum', 'Sign', 'Tanh', 'Identity']
const ELEMENTWISE = new Set([
  ...KEEPS_ZERO,
  ...['Sigmoid', 'HardSigmoid', 'HardSwish', 'Clip', 'Elu', 'Selu', 'Celu', 'Softplus', 'Softsign', 'Exp', 'Sqrt'],
  ...['Reciprocal', 'Div', 'Erf', 'Gelu', 'Mish', 'ThresholdedRelu', 'Min', 'Max', 'Log'],
])
const KEEPS = new Set(KEEPS_ZERO)

/** Blocked values of one graph, and the weights that are stored in blocks. */
export class BlockedValues {
  readonly block: ChannelBlock
  readonly weights: ReadonlyMap<string, WeightLayout>
  readonly #emit: Emitter
  readonly #values = new Map<string, BlockedValue>()
  readonly #written = new Set<string>()
  readonly #names = new Set<string>()

  constructor(emit: Emitter, block: ChannelBlock, weights: ReadonlyMap<string, WeightLayout>) {
    this.#emit = emit
    this.block = block
    this.weights = weights
  }

  /** @returns the blocked form of a value that has one */
  find(value: string): BlockedValue | undefined {
    return this.#values.get(value)
  }

  /** @returns the blocked form; one is made of a plain value. @param sizes - `[N, C, H, W]` */
  of(value: string, sizes: Sizes): BlockedValue {
    const known = this.#values.get(value)
    if (known !== undefined) return known
    const [, channels = 1] = sizes
    const missing = this.filled(sizes) - channels
    // The operator takes multiples of 4, and fills up with zeros itself.
    const input = channels % 4 === 0 ? value : this.#emit.pad(value, [0, 0, 0, 0, 0, missing, 0, 0])
    const name = this.op('ReorderInput', [input])
    const blocked = { name, sizes }
    this.define(value, blocked)
    this.#written.add(value)
    return blocked
  }

  /** Tells that `value`, a name nothing has written yet, is that blocked value. */
  define(value: string, blocked: BlockedValue): string {
    this.#values.set(value, blocked)
    this.#names.add(blocked.name)
    return value
  }

  /** @returns whether that is the name of a blocked form */
  isBlocked(name: string): boolean {
    return this.#names.has(name)
  }

  /** Gives a blocked value a plain name. */
  name(blocked: BlockedValue): string {
    return this.define(this.#emit.name('plain'), blocked)
  }

  /** Channels with those that fill up the last block. */
  filled([, channels = 1]: Sizes): number {
    return wholeBlocks(channels, this.block)
  }

  /** Writes the plain form of those values that have none yet. */
  write(values: Iterable<string>): void {
    for (const value of values) {
      const blocked = this.#values.get(value)
      if (blocked === undefined || this.#written.has(value)) continue
      this.#written.add(value)
      const channels = int(blocked.sizes[1] ?? 1)
      const attributes = { channels, channels_last: int(0) }
      this.#emit.ops('ReorderOutput', [blocked.name], [value], attributes, BLOCKED_DOMAIN)
    }
  }

  /**
   * Writes an elementwise node on blocked values.
   *
   * @param isScalar - whether a value has one element
   * @returns `false` when it is none, or when an input is not blocked
   */
  writeElementwise(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Attributes,
    isScalar: (value: string) => boolean,
  ): boolean {
    if (!ELEMENTWISE.has(operator)) return false
    const found = inputs.map((input) => this.#values.get(input))
    const first = found.find((value) => value !== undefined)
    if (first === undefined) return false
    const isAlike = inputs.every((input, index) => {
      const sizes = found[index]?.sizes
      return sizes === undefined ? input === '' || isScalar(input) : sizes.join() === first.sizes.join()
    })
    const isWhole = this.filled(first.sizes) === first.sizes[1]
    if (!isAlike || !(isWhole || (KEEPS.has(operator) && found.every((value) => value !== undefined)))) return false
    const names = inputs.map((input, index) => found[index]?.name ?? input)
    const name = this.#emit.op(operator, names, attributes)
    this.define(output, { name, sizes: first.sizes })
    return true
  }

  /** @returns whether an elementwise node of that operator can run on blocks */
  isElementwise(operator: string): boolean {
    return ELEMENTWISE.has(operator)
  }

  /** @returns the output of a blocked operator */
  op(operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const [output = ''] = this.#emit.ops(operator, inputs, 1, attributes, BLOCKED_DOMAIN)
    return output
  }
}
