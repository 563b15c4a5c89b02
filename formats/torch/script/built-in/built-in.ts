/** What the built-in functions of TorchScript see of a call that no operator of tensors answers. */
import type { Dimension } from '../../../../src/graph/dimension.js'
import { OpenSize } from '../../open-size.js'
import type { ScriptValue } from '../../script-value.js'
import type { Bound } from '../bound.js'
import { cannotFollow, type Position } from '../script-errors.js'

/** @returns `undefined` where the call is not the function's business, e.g. because it has a tensor */
export type BuiltIn = (call: BuiltInCall) => Bound | undefined

/** Functions by name, without `torch.` before it. */
export type BuiltIns = Readonly<Record<string, BuiltIn>>

/** One call. */
export class BuiltInCall {
  constructor(
    readonly name: string,
    readonly args: readonly Bound[],
    readonly named: ReadonlyMap<string, Bound>,
    readonly position: Position,
  ) {}

  /** @returns a list, a dict or whatever else that kind is; refuses anything else */
  expect<K extends Bound['kind']>(index: number, kind: K): Extract<Bound, { kind: K }> {
    const value = this.args[index]
    if (value?.kind === kind) return value as Extract<Bound, { kind: K }>
    throw this.refuse(`argument ${index + 1} is ${value?.kind ?? 'left out'}, where ${kind} is expected`)
  }

  value(index: number): ScriptValue {
    const value = this.args[index]
    if (value === undefined) throw this.refuse(`argument ${index + 1} is left out`)
    if (value.kind === 'undecided') throw new OpenSize(value.size, undefined)
    if (value.kind === 'function' || value.kind === 'class')
      throw this.refuse(`argument ${index + 1} is a ${value.kind}`)
    return value
  }

  /** @returns a whole number that may stay free; None and what is left out are `fallback` */
  size(index: number, fallback?: Dimension): Dimension {
    const value = this.args[index]
    if ((value === undefined || value.kind === 'none') && fallback !== undefined) return fallback
    if (value?.kind === 'int') return value.value
    if (value?.kind === 'bool') return Number(value.value)
    throw this.refuse(`argument ${index + 1} is ${value?.kind ?? 'left out'}, where a whole number is expected`)
  }

  /** @throws {OpenSize} where the number is a size that is still free */
  int(index: number, fallback?: number): number {
    return known(this.size(index, fallback))
  }

  text(index: number): string {
    return this.expect(index, 'string').value
  }

  refuse(reason: string): Error {
    return cannotFollow(this.position, `torch.${this.name}: ${reason}`)
  }
}

/** @throws {OpenSize} where the size is still free */
export function known(size: Dimension): number {
  if (typeof size === 'number') return size
  throw new OpenSize(size, undefined)
}
