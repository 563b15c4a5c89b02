/** Knows the contents of the constants of one program, and how much has been computed before the run. */
import { UnsupportedError } from '../../../src/core/errors.js'
import type { Attributes } from '../../../src/graph/builder.js'
import { isFloat } from '../../../src/graph/data-type.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { constantValue, numbersOf, shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import {
  type ConstantTensor,
  constantInitializer,
  countOf,
  isExact,
  isFolded,
  MAX_CONSTANT,
  readConstant,
} from './constant-tensor.js'
import { foldNode, mayFold } from './fold-node.js'
import { LAYOUT } from './layout.js'
import { broadcastSizes } from './places.js'

/** Elements that may be computed for one model. */
const MAX_WORK = 1 << 26
/** Elements of all constants that one program makes from numbers, e.g. by arange. */
const MAX_MADE = 1 << 26
/** Tables of the file that steps are computed on. */
const MAX_READ = 1 << 16

/** Folds nodes that read constants alone. Weights are none: they may change. */
export class ConstantFolder {
  readonly #contents = new WeakMap<Initializer, ConstantTensor>()
  #work = 0
  #made = 0

  /**
   * @returns a constant with these elements
   * @throws {UnsupportedError} `E_TORCH_CONSTANTS` where the program makes too many of them
   */
  made(tensor: ConstantTensor): Value {
    this.#made += tensor.elements.length
    if (this.#made > MAX_MADE) throw tooManyConstants()
    return this.#constant(tensor)
  }

  #constant(tensor: ConstantTensor): Value {
    const initializer = constantInitializer(tensor)
    this.#contents.set(initializer, tensor)
    return { name: initializer.name, known: constantValue(initializer), initializer }
  }

  /** @returns the elements of a constant that is nobody's weight */
  contents({ initializer, known }: Value): ConstantTensor | undefined {
    if (initializer === undefined) return undefined
    const seen = this.#contents.get(initializer)
    if (seen !== undefined) return seen
    const { dtype, shape, trainable } = initializer
    // Floating point that the file keeps is a weight, or a buffer that is counted.
    if (!isFolded(dtype) || (isFloat(dtype) && trainable !== undefined && countOf(shape) > 1)) return undefined
    if (trainable === true || countOf(shape) > MAX_READ) return undefined
    const elements = shapeOf(known) === undefined ? undefined : numbersOf(known)
    const read = elements === undefined ? readConstant(initializer) : { dtype, shape, elements }
    if (read !== undefined) this.#contents.set(initializer, read)
    return read
  }

  /** @returns what the node gives, where all that it reads is known */
  fold(operator: string, inputs: readonly (Value | undefined)[], attributes: Attributes): Value | undefined {
    if (!mayFold(operator) || inputs.some((input) => input !== undefined && input.initializer === undefined))
      return undefined
    const contents = inputs.map((input) => input && this.contents(input))
    if (inputs.some((input, at) => input !== undefined && contents[at] === undefined)) return undefined
    if (this.#work > MAX_WORK || this.#isLarge(operator, contents)) return undefined
    // Ends of slices may lie beyond everything.
    if (operator !== 'Slice' && contents.some((tensor) => tensor !== undefined && !isExact(tensor))) return undefined
    const result = foldNode(operator, contents, attributes)
    if (result === undefined || !isExact(result) || countOf(result.shape) > MAX_CONSTANT) return undefined
    this.#work += countOf(result.shape)
    return this.#constant(result)
  }

  /** Operators that make a tensor larger are asked before they do. */
  #isLarge(operator: string, [first, second, third]: readonly (ConstantTensor | undefined)[]): boolean {
    const count = (tensor: ConstantTensor | undefined) => tensor?.elements.length ?? 1
    if (operator === 'Expand') return count(first) * countOf(Array.from(second?.elements ?? [])) > MAX_CONSTANT
    if (operator === 'Gather') return count(first) * count(second) > 64 * MAX_CONSTANT
    return LAYOUT[operator] === undefined
      ? countOf(broadcastSizes(...[first, second, third].map((tensor) => tensor?.shape ?? [])) ?? []) > MAX_CONSTANT
      : count(first) * count(second) * count(third) > MAX_CONSTANT ** 2
  }
}

function tooManyConstants(): UnsupportedError {
  return new UnsupportedError('E_TORCH_CONSTANTS', `its constants take more than ${MAX_MADE} elements`, {
    hint: 'make large tables once, outside of loops, or keep them in the model: self.register_buffer(name, table)',
  })
}
