/**
 * One operator that a user wrote between layers. Keras keeps each as a layer: Keras 3 under the operator's own class,
 * tf.keras as `TFOpLambda`, `SlicingOpLambda` or `TensorFlowOpLayer`. Here they look alike.
 */
import { int } from '../../../src/graph/attributes.js'
import type { DataType } from '../../../src/graph/data-type.js'
import { memoryInitializer } from '../../../src/graph/memory-initializer.js'
import { ArrayArgument, TensorArgument, tensorsIn } from '../call-arguments.js'
import type { KerasGraph, KerasShape, KerasTensor } from '../keras-graph.js'
import type { LayerCall } from '../layer-call.js'

/** Converts one operator. */
export type OperatorConverter = (operation: Operation) => KerasTensor | readonly KerasTensor[]

const WHOLE: ReadonlySet<string> = new Set(['int64', 'int32', 'int16', 'int8', 'uint8', 'uint16', 'uint32', 'uint64'])

/** Reads the arguments of an operator and makes tensors of them. */
export class Operation {
  readonly call: LayerCall
  readonly graph: KerasGraph
  readonly #positional: readonly unknown[]
  readonly #named: Readonly<Record<string, unknown>>

  /** @param named - arguments by name: keywords, and what Keras 3 keeps in the config */
  constructor(call: LayerCall, positional: readonly unknown[], named: Readonly<Record<string, unknown>>) {
    this.call = call
    this.graph = call.graph
    this.#positional = positional
    this.#named = named
  }

  /** @returns the first of these names that is given, or the argument in that place; `undefined` for `None` */
  value(position: number, ...names: readonly string[]): unknown {
    for (const name of names) {
      const value = Object.hasOwn(this.#named, name) ? this.#named[name] : undefined
      if (value !== undefined && value !== null) return value
    }
    return this.#positional[position] ?? undefined
  }

  /** All tensors among the arguments. */
  get tensors(): readonly KerasTensor[] {
    return [...this.#positional, ...Object.values(this.#named)].flatMap(tensorsIn)
  }

  /** @returns the tensor in that place, with its axes in the order of Keras; a number or an array becomes one */
  tensor(position: number, ...names: readonly string[]): KerasTensor {
    return this.graph.logical(this.operand(position, ...names))
  }

  /** @returns the same with its axes as they lie */
  operand(position: number, ...names: readonly string[]): KerasTensor {
    const value = this.value(position, ...names)
    const made = this.asTensor(value)
    if (made === undefined) throw this.call.refuse(`its argument ${names[0] ?? position} is no tensor`)
    return { ...made, mask: undefined }
  }

  /** @param like - gives a bare number its type */
  asTensor(value: unknown, like?: DataType): KerasTensor | undefined {
    if (value instanceof TensorArgument) return value.tensor
    const [list, dtype] = value instanceof ArrayArgument ? [value.value, value.dtype] : [value, undefined]
    const flat = flattened(list)
    if (flat === undefined) return undefined
    const isFloat =
      dtype === undefined ? flat.numbers.some((number) => !Number.isInteger(number)) : dtype.includes('float')
    const isBool = dtype === undefined ? flat.isBool : dtype === 'bool'
    const own = isBool ? 'bool' : isFloat ? 'float32' : (like ?? (dtype?.includes('int') ? 'int64' : 'float32'))
    return this.constant(flat.numbers, flat.shape, own)
  }

  /** @returns a constant, which is no parameter */
  constant(numbers: readonly number[], shape: readonly number[], dtype: DataType): KerasTensor {
    const { graph } = this
    if (dtype === 'float32' || dtype === 'float64') {
      return { name: graph.floats(numbers, shape, dtype), dtype, shape, layout: 'logical' }
    }
    const { builder } = graph
    const elements = BigInt64Array.from(numbers, (number) => BigInt(Math.trunc(number)))
    const name = builder.addInitializer(memoryInitializer(builder.uniqueName('constant'), elements, shape))
    return graph.cast({ name, dtype: 'int64', shape, layout: 'logical' }, dtype)
  }

  flag(position: number, ...names: readonly string[]): boolean {
    return this.value(position, ...names) === true
  }

  number(fallback: number, position: number, ...names: readonly string[]): number {
    const value = this.value(position, ...names)
    if (value === undefined) return fallback
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw this.call.refuse(
      `its argument ${names[0] ?? position} is ${JSON.stringify(value)?.slice(0, 60)}, expected a number`,
    )
  }

  /** @returns a list of whole numbers, also of one alone; `undefined` for `None`, and where an entry is `None` */
  whole(position: number, ...names: readonly string[]): readonly number[] | undefined {
    const value = this.value(position, ...names)
    const list = value instanceof ArrayArgument ? value.value : value
    const entries: readonly unknown[] = Array.isArray(list) ? list : [list]
    return entries.every((entry): entry is number => Number.isInteger(entry)) ? entries : undefined
  }

  /** @returns axes from 0, in the order given; all of them for `None` */
  axes(rank: number, position: number, ...names: readonly string[]): readonly number[] {
    if (this.value(position, ...names) === undefined) return Array.from({ length: rank }, (_, axis) => axis)
    const axes = this.whole(position, ...names)?.map((axis) => (axis < 0 ? axis + rank : axis))
    if (axes?.every((axis) => axis >= 0 && axis < rank)) return axes
    throw this.call.refuse(`its ${names[0] ?? 'axis'} is not one of ${rank} axes`)
  }

  /** @returns a tensor of that value, type and shape */
  made(name: string, shape: KerasShape, dtype: DataType): KerasTensor {
    const from = { name, shape, dtype, layout: 'logical' as const }
    return this.call.made(name, shape, from)
  }

  /** @returns the tensors in the type that they have together */
  promoted(tensors: readonly KerasTensor[]): KerasTensor[] {
    const types = tensors.map(({ dtype }) => dtype)
    const rank = (dtype: DataType) => (dtype === 'bool' ? 0 : WHOLE.has(dtype) ? 1 : 2)
    const [widest = 'float32'] = [...types].sort(
      (left, right) => rank(right) - rank(left) || widthOf(right) - widthOf(left),
    )
    return tensors.map((tensor) => this.graph.cast(tensor, widest))
  }

  /** @returns the tensor as float32, unless it is of a floating-point type */
  floating(tensor: KerasTensor): KerasTensor {
    return tensor.dtype === 'bool' || WHOLE.has(tensor.dtype) ? this.graph.cast(tensor, 'float32') : tensor
  }

  /** @returns the reduction's node, over axes as they lie */
  constantAxes(axes: readonly number[]): string {
    return this.graph.builder.constant(axes)
  }

  /** A node under the layer's name. */
  node(operator: string, inputs: readonly string[], attributes: Parameters<LayerCall['node']>[2] = {}): string {
    return this.call.node(operator, inputs, attributes)
  }

  /** Sizes at the run, `[rank]`. */
  shapeOf(tensor: KerasTensor): string {
    return this.graph.node('Shape', [tensor.name])
  }

  /** `Concat` of one-dimensional pieces of a shape. */
  joinedShape(parts: readonly string[]): string {
    return this.graph.node('Concat', parts, { axis: int(0) })
  }
}

const widthOf = (dtype: DataType): number => Number(/\d+/.exec(dtype)?.[0] ?? 1)

const DEEPEST = 16
const MOST_NUMBERS = 2 ** 20

/** @returns the numbers of even nested lists and their shape; `undefined` for anything else */
function flattened(value: unknown, depth = 0): { numbers: number[]; shape: number[]; isBool: boolean } | undefined {
  if (typeof value === 'number') return { numbers: [value], shape: [], isBool: false }
  if (typeof value === 'boolean') return { numbers: [Number(value)], shape: [], isBool: true }
  if (!Array.isArray(value) || depth > DEEPEST || value.length === 0) return undefined
  const parts = value.map((entry) => flattened(entry, depth + 1))
  const [first] = parts
  if (first === undefined) return undefined
  const isEven = parts.every((part) => part !== undefined && part.shape.join() === first.shape.join())
  if (!isEven || parts.length * first.numbers.length > MOST_NUMBERS) return undefined
  const numbers = parts.flatMap((part) => part?.numbers ?? [])
  return { numbers, shape: [parts.length, ...first.shape], isBool: first.isBool }
}

/** @returns the converter of each operator of a table: `[name, make(target)]` */
export const named = <Target>(targets: Readonly<Record<string, Target>>, make: (target: Target) => OperatorConverter) =>
  Object.entries(targets).map(([name, target]) => [name, make(target)] as const)
