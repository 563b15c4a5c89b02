/** One call of an operator of PyTorch, as the rules of conversion see it: arguments by position or by name. */
import { UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import type { Dimension, Shape } from '../../src/graph/dimension.js'
import type { Value } from '../emission/value.js'
import { OpenRank, OpenSize } from './open-size.js'
import type { ScriptTensor, ScriptValue } from './script-value.js'
import type { TorchEmitter } from './torch-emitter.js'

/** Writes what an operator does. @returns its result; several results are a tuple */
export type OperatorRule = (call: OperatorCall, emitter: TorchEmitter) => ScriptValue

/** Rules by name in `aten`, without overload: `conv2d`. */
export type OperatorRules = Readonly<Record<string, OperatorRule>>

/** A call whose arguments have been followed. Positions are those of the operator's schema; 0 is the first. */
export class OperatorCall {
  constructor(
    /** Without namespace and overload, e.g. `conv2d`. */
    readonly name: string,
    readonly args: readonly ScriptValue[],
    readonly named: ReadonlyMap<string, ScriptValue> = new Map(),
    /** Where the file tells it (torch.export), e.g. `Tensor_Scalar`. */
    readonly overload = '',
  ) {}

  /** @returns the argument; `undefined` where it is left out */
  at(position: number, name: string): ScriptValue | undefined {
    const given = this.named.get(name) ?? this.args[position]
    // The first one is called `self` in some overloads and `input` in others.
    return given ?? (position === 0 ? (this.named.get('self') ?? this.named.get('input')) : undefined)
  }

  /** @returns whether the argument is given and is not None */
  has(position: number, name: string): boolean {
    return (this.at(position, name)?.kind ?? 'none') !== 'none'
  }

  tensor(position: number, name: string): ScriptTensor {
    const value = this.at(position, name)
    return value?.kind === 'tensor' ? value : this.#refuse(name, 'a tensor', value)
  }

  /** @returns its content now, for a node to read */
  value(position: number, name: string): Value {
    return this.tensor(position, name).value
  }

  /** @returns `undefined` for None and where it is left out */
  optionalValue(position: number, name: string): Value | undefined {
    return this.has(position, name) ? this.value(position, name) : undefined
  }

  tensors(position: number, name: string): readonly ScriptTensor[] {
    return this.#items(position, name).map((item) =>
      item.kind === 'tensor' ? item : this.#refuse(name, 'a list of tensors', item),
    )
  }

  /** @returns a whole number that may stay free */
  size(position: number, name: string, fallback?: Dimension): Dimension {
    const value = this.at(position, name)
    if ((value === undefined || value.kind === 'none') && fallback !== undefined) return fallback
    if (value?.kind === 'int') return value.value
    if (value?.kind === 'bool') return Number(value.value)
    return this.#refuse(name, 'a whole number', value)
  }

  /** @returns a list of sizes; a single number is a list of one */
  sizes(position: number, name: string, fallback?: readonly Dimension[]): readonly Dimension[] {
    const value = this.at(position, name)
    if ((value === undefined || value.kind === 'none') && fallback !== undefined) return fallback
    if (value?.kind === 'int') return [value.value]
    return this.#items(position, name).map((item) =>
      item.kind === 'int' ? item.value : this.#refuse(name, 'a list of whole numbers', item),
    )
  }

  /** @throws {OpenSize} where the number is a size that is still free */
  int(position: number, name: string, fallback?: number): number {
    return known(this.size(position, name, fallback))
  }

  /** @throws {OpenSize} where a number is a size that is still free */
  ints(position: number, name: string, fallback?: readonly number[]): readonly number[] {
    return this.sizes(position, name, fallback).map(known)
  }

  /** @returns a number, whole or not */
  number(position: number, name: string, fallback?: number): number {
    const value = this.at(position, name)
    if ((value === undefined || value.kind === 'none') && fallback !== undefined) return fallback
    return value?.kind === 'float' ? value.value : this.int(position, name, fallback)
  }

  bool(position: number, name: string, fallback?: boolean): boolean {
    const value = this.at(position, name)
    if ((value === undefined || value.kind === 'none') && fallback !== undefined) return fallback
    return value?.kind === 'bool' ? value.value : this.#refuse(name, 'true or false', value)
  }

  text(position: number, name: string, fallback?: string): string {
    const value = this.at(position, name)
    if ((value === undefined || value.kind === 'none') && fallback !== undefined) return fallback
    return value?.kind === 'string' ? value.value : this.#refuse(name, 'a text', value)
  }

  /**
   * @param guess - what the operator takes for granted of a tensor of unknown rank
   * @throws {OpenRank} where the rank is not known
   */
  shape(position: number, name: string, guess?: OpenRank['guess']): Shape {
    const tensor = this.tensor(position, name)
    if (tensor.shape === undefined) throw new OpenRank(tensor.value, guess)
    return tensor.shape
  }

  /** @throws {UnsupportedError} `E_TORCH_OPERATOR` */
  refuse(reason: string): never {
    throw new UnsupportedError('E_TORCH_OPERATOR', `aten::${this.name} cannot be converted: ${reason}`, {
      hint: 'export the model from PyTorch: torch.onnx.export(model, example_input, "model.onnx")',
    })
  }

  #items(position: number, name: string): readonly ScriptValue[] {
    const value = this.at(position, name)
    return value?.kind === 'list' || value?.kind === 'tuple' ? value.items : this.#refuse(name, 'a list', value)
  }

  #refuse(name: string, wanted: string, value: ScriptValue | undefined): never {
    return this.refuse(`its argument ${quoted(name)} is ${value?.kind ?? 'left out'} where ${wanted} is expected`)
  }
}

function known(size: Dimension): number {
  if (typeof size === 'number') return size
  throw new OpenSize(size, undefined)
}
