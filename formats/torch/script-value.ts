/** What the variables of a PyTorch program hold while it is followed before the run. */
import { UnsupportedError } from '../../src/core/errors.js'
import type { DataType } from '../../src/graph/data-type.js'
import type { Dimension, Shape } from '../../src/graph/dimension.js'
import { dtypeOf, shapeOf } from '../../src/operators/known-value.js'
import type { Value } from '../emission/value.js'
import { contiguousStrides, type Layout, type Strides } from './strides.js'

/** One value of the program. Whole numbers may be sizes that stay free, e.g. the batch. */
export type ScriptValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: Dimension }
  /** A whole number beyond 2^53, which a `number` does not hold: tensors take it up, sizes and arithmetic of numbers do not. */
  | { readonly kind: 'wide'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | ScriptTensor
  | ScriptList
  | ScriptTuple
  | ScriptDict
  | ScriptObject

/** A list, which the program may change. */
export interface ScriptList {
  readonly kind: 'list'
  readonly items: ScriptValue[]
}

/** A tuple; a NamedTuple has the names of its fields and of its class. */
export interface ScriptTuple {
  readonly kind: 'tuple'
  readonly items: readonly ScriptValue[]
  readonly type?: string
  readonly fields?: readonly string[]
}

/** A dict, which the program may change; keys are strings, numbers or booleans. */
export interface ScriptDict {
  readonly kind: 'dict'
  readonly entries: Map<string | number | boolean, ScriptValue>
}

/** A module or an object of another class of the file. */
export interface ScriptObject {
  readonly kind: 'object'
  /** Qualified name of its class, e.g. `__torch__.torchvision.models.resnet.ResNet`. */
  readonly type: string
  readonly attributes: Map<string, ScriptValue>
}

/** How a view follows from the tensor that it is a part of, and how a new content of the view changes that tensor. */
export interface TensorView {
  readonly base: ScriptTensor
  read(base: Value): Value
  write(base: Value, part: Value): Value
}

/** Views of views; real models have a few. */
const MOST_VIEWS = 1000

/** A tensor. Operations in place give it another content, which its views and the tensor that it is a view of show too. */
export class ScriptTensor {
  readonly kind = 'tensor'
  /** How its elements lie in memory where PyTorch holds it. */
  layout: Layout = 'contiguous'
  readonly #view: TensorView | undefined
  /** The tensor that all views of these elements come from. */
  readonly #whole: ScriptTensor
  /** How many views lie between. */
  readonly #depth: number
  #value: Value
  #version = 0
  #seenVersion: number

  /** @param isNumber - whether it stands for a number of the program, as constants without axes do */
  constructor(
    value: Value,
    view?: TensorView,
    readonly isNumber = false,
  ) {
    this.#value = value
    this.#view = view
    this.#whole = view === undefined ? this : view.base.#whole
    this.#depth = view === undefined ? 0 : view.base.#depth + 1
    if (this.#depth > MOST_VIEWS) throw tooManyViews()
    this.#seenVersion = this.version
  }

  /** Whether it shows elements of another tensor. */
  get isView(): boolean {
    return this.#view !== undefined
  }

  /** `undefined` where they are not known. */
  get strides(): Strides | undefined {
    if (typeof this.layout !== 'string') return this.layout
    return this.layout === 'contiguous' && this.shape !== undefined ? contiguousStrides(this.shape) : undefined
  }

  /** How often the content changed that it is or shows. */
  get version(): number {
    return this.#whole.#version
  }

  /** Its content now. */
  get value(): Value {
    const view = this.#view
    if (view !== undefined && this.version !== this.#seenVersion) {
      this.#value = view.read(view.base.value)
      this.#seenVersion = this.version
    }
    return this.#value
  }

  /** Gives it another content, as an operation in place does. @returns itself */
  assign(value: Value): this {
    const view = this.#view
    if (view !== undefined) view.base.assign(view.write(view.base.value, value))
    else this.#version += 1
    this.#value = value
    this.#seenVersion = this.version
    return this
  }

  get dtype(): DataType | undefined {
    return dtypeOf(this.value.known)
  }

  /** `undefined` where the rank is not known. */
  get shape(): Shape | undefined {
    return shapeOf(this.value.known)
  }
}

function tooManyViews(): UnsupportedError {
  return new UnsupportedError('E_TORCH_WORK', `a tensor is a view of a view, more than ${MOST_VIEWS} deep`, {
    hint: 'copy it on the way: x.clone()',
  })
}

export const NONE: ScriptValue = { kind: 'none' }

export const bool = (value: boolean): ScriptValue => ({ kind: 'bool', value })
export const int = (value: Dimension): ScriptValue => ({ kind: 'int', value })
/** The largest int64, as a `number`: what programs write for "up to the end". */
const LARGEST = 2n ** 63n - 1n
const SMALLEST = -(2n ** 63n)

/** @returns the number, exact; `undefined` beyond 64 bits */
export function whole(value: bigint): ScriptValue | undefined {
  if (value > LARGEST || value < SMALLEST) return undefined
  const isHeld = Number.isSafeInteger(Number(value)) || value === LARGEST || value === SMALLEST
  return isHeld ? int(Number(value)) : { kind: 'wide', value }
}

export const float = (value: number): ScriptValue => ({ kind: 'float', value })
export const text = (value: string): ScriptValue => ({ kind: 'string', value })
export const list = (items: readonly ScriptValue[]): ScriptList => ({ kind: 'list', items: [...items] })
export const tuple = (items: readonly ScriptValue[]): ScriptTuple => ({ kind: 'tuple', items })
export const tensor = (value: Value): ScriptTensor => new ScriptTensor(value)
