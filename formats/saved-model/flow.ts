/** A tensor on its way from node to node: TensorFlow puts channels last, ONNX wants them first, so it may lie in either order. */
import type { DataType } from '../../src/graph/data-type.js'
import type { Dimension, Shape } from '../../src/graph/dimension.js'
import type { Initializer } from '../../src/graph/graph.js'
import { dtypeOf, numbersOf, shapeOf } from '../../src/operators/known-value.js'
import type { KnownElement } from '../../src/operators/rule.js'
import type { Value } from '../emission/value.js'
import type { Operation } from './operation.js'

/** How a tensor was made, for patterns that stand for one operator. */
export interface Origin {
  readonly operator: string
  readonly inputs: readonly Flow[]
  /** The whole operation, where a later one may have to write it differently. */
  readonly operation?: Operation
}

/** One tensor of TensorFlow. */
export class Flow {
  /** Axes in TensorFlow's order. */
  plain: Value | undefined
  /** The last axis moved to place 1: [N, H, W, C] as [N, C, H, W]. */
  channelsFirst: Value | undefined
  readonly origin: Origin | undefined

  constructor(forms: { plain?: Value | undefined; channelsFirst?: Value | undefined }, origin?: Origin) {
    this.plain = forms.plain
    this.channelsFirst = forms.channelsFirst
    this.origin = origin
  }

  /** Sizes in TensorFlow's order; `undefined` where the rank is not known. */
  get shape(): Shape | undefined {
    if (this.plain !== undefined) return shapeOf(this.plain.known)
    const first = shapeOf(this.channelsFirst?.known)
    return first === undefined ? undefined : withChannelsLast(first)
  }

  get rank(): number | undefined {
    return this.shape?.length
  }

  get dtype(): DataType | undefined {
    return dtypeOf((this.plain ?? this.channelsFirst)?.known)
  }

  /** Contents of a small tensor, sizes that stay free among them. */
  get elements(): readonly KnownElement[] | undefined {
    return this.plain?.known.elements
  }

  /** The same where all are sizes. */
  get dimensions(): readonly Dimension[] | undefined {
    const { elements } = this
    return elements?.every((element): element is Dimension => typeof element !== 'string') === true
      ? elements
      : undefined
  }

  /** The same where all are numbers. */
  get numbers(): readonly number[] | undefined {
    return numbersOf(this.plain?.known)
  }

  get initializer(): Initializer | undefined {
    return this.plain?.initializer
  }

  /** True for constants of the file and what is computed from them alone. */
  get isConstant(): boolean {
    return (this.plain ?? this.channelsFirst)?.known.isConstant === true
  }

  /** True when the tensor was made with channels first, so that nodes had better go on with that. */
  get isChannelsFirst(): boolean {
    return this.plain === undefined && this.channelsFirst !== undefined
  }
}

/** @returns [N, C, H, W] for [N, H, W, C], any rank of 2 and more */
export function withChannelsFirst<T>(list: readonly T[]): T[] {
  return [...list.slice(0, 1), ...list.slice(-1), ...list.slice(1, -1)]
}

/** @returns [N, H, W, C] for [N, C, H, W], any rank of 2 and more */
export function withChannelsLast<T>(list: readonly T[]): T[] {
  return [...list.slice(0, 1), ...list.slice(2), ...list.slice(1, 2)]
}
