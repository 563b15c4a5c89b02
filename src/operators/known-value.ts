/** Makes and reads `KnownValue`s: what is known of tensors before the run. */
import type { DataType } from '../graph/data-type.js'
import type { Dimension, Shape } from '../graph/dimension.js'
import type { Initializer, ValueType } from '../graph/graph.js'
import { type KnownElement, type KnownValue, MAX_KNOWN_ELEMENTS } from './rule.js'
import { readElements } from './small-constant.js'

/**
 * @param shape - `undefined` where the rank is not known
 * @param elements - row-major contents where they are known
 * @returns a tensor; `undefined` when the element type is not known, since then nothing can be said of it
 */
export function tensor(
  dtype: DataType | undefined,
  shape: Shape | undefined,
  elements?: readonly KnownElement[],
): KnownValue | undefined {
  if (dtype === undefined) return undefined
  const type: ValueType = { kind: 'tensor', dtype, shape }
  return elements === undefined || elements.length > MAX_KNOWN_ELEMENTS ? { type } : { type, elements }
}

/** @returns a tensor whose sizes are not known, only their number */
export function tensorOfRank(
  dtype: DataType | undefined,
  rank: number,
  unknown: (axis: number) => Dimension,
): KnownValue | undefined {
  return tensor(
    dtype,
    Array.from({ length: rank }, (_, axis) => unknown(axis)),
  )
}

/** @returns the shape of a tensor (dense or sparse) of known rank */
export function shapeOf(value: KnownValue | undefined): Shape | undefined {
  const type = value?.type
  return type?.kind === 'tensor' || type?.kind === 'sparse-tensor' ? type.shape : undefined
}

/** @returns the element type of a tensor (dense or sparse) */
export function dtypeOf(value: KnownValue | undefined): DataType | undefined {
  const type = value?.type
  return type?.kind === 'tensor' || type?.kind === 'sparse-tensor' ? type.dtype : undefined
}

/** @returns the elements when all of them are known numbers */
export function numbersOf(value: KnownValue | undefined): readonly number[] | undefined {
  const elements = value?.elements
  return elements?.every((element): element is number => typeof element === 'number') === true ? elements : undefined
}

/** @returns a constant tensor of the file; its elements are read when a rule asks for them, and only when they are few */
export function constantValue(initializer: Initializer): KnownValue {
  return new ConstantValue(initializer)
}

class ConstantValue implements KnownValue {
  readonly type: ValueType
  readonly isConstant = true
  readonly #initializer: Initializer
  #elements: readonly KnownElement[] | undefined
  #isRead = false

  constructor(initializer: Initializer) {
    this.#initializer = initializer
    this.type = { kind: 'tensor', dtype: initializer.dtype, shape: initializer.shape }
  }

  get elements(): readonly KnownElement[] | undefined {
    if (!this.#isRead) {
      this.#isRead = true
      this.#elements = readElements(this.#initializer)
    }
    return this.#elements
  }
}
