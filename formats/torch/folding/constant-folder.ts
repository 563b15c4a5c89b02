/** Knows the contents of the constants of one program, and how much has been computed before the run. */
import type { Attributes } from '../../../src/graph/builder.js'
import { bytesOf, isFloat } from '../../../src/graph/data-type.js'
import type { Initializer } from '../../../src/graph/graph.js'
import { constantValue, numbersOf, shapeOf } from '../../../src/operators/known-value.js'
import type { Value } from '../../emission/value.js'
import type { ProgramWork } from '../program-work.js'
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
import { gatheredShape, LAYOUT } from './layout.js'
import { broadcastSizes } from './places.js'

/** Tables of the file that steps are computed on. */
const MAX_READ = 1 << 16

/** Folds nodes that read constants alone. Weights are none: they may change. */
export class ConstantFolder {
  readonly #contents = new WeakMap<Initializer, ConstantTensor>()
  readonly #work: ProgramWork

  constructor(work: ProgramWork) {
    this.#work = work
  }

  /**
   * @returns a constant with these elements
   * @throws {UnsupportedError} `E_TORCH_WORK` where the program makes too many of them
   */
  made(tensor: ConstantTensor): Value {
    this.#work.spendOnConstant(tensor.elements.length, bytesOf(tensor.dtype, tensor.elements.length))
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
    const known = contents.filter((tensor) => tensor !== undefined)
    if (!this.#work.leavesFolding || !(mostElements(operator, contents, attributes) <= MAX_CONSTANT)) return undefined
    this.#work.spendOnConstant(
      known.reduce((sum, { elements }) => sum + elements.length, 0),
      0,
    )
    // Ends of slices may lie beyond everything.
    if (operator !== 'Slice' && !known.every(isExact)) return undefined
    const result = foldNode(operator, contents, attributes)
    if (result === undefined || !isExact(result)) return undefined
    this.#work.spendOnConstant(0, bytesOf(result.dtype, result.elements.length))
    return this.#constant(result)
  }
}

/** Operators that make a tensor larger are asked before they do. */
function mostElements(
  operator: string,
  inputs: readonly (ConstantTensor | undefined)[],
  attributes: Attributes,
): number {
  const [first, second] = inputs
  const shapes = inputs.map((tensor) => tensor?.shape ?? [])
  if (operator === 'Range') return 0 // it asks itself
  if (operator === 'Expand') return countOf(broadcastSizes(shapes[0] ?? [], Array.from(second?.elements ?? [])) ?? [])
  if (operator === 'Concat') return shapes.reduce((sum, shape) => sum + countOf(shape), 0)
  if (operator === 'Gather') return countOf(gatheredShape(first, second, attributes))
  return LAYOUT[operator] === undefined ? countOf(broadcastSizes(...shapes) ?? []) : countOf(shapes[0] ?? [])
}
