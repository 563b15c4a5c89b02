/** Writes the graph of one PyTorch program. */
import { int, ints } from '../../src/graph/attributes.js'
import type { Attributes } from '../../src/graph/builder.js'
import { DATA_TYPES, type DataType, isFloat } from '../../src/graph/data-type.js'
import type { Dimension, Shape } from '../../src/graph/dimension.js'
import type { Graph, Initializer, ValueType } from '../../src/graph/graph.js'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { dtypeOf, tensor } from '../../src/operators/known-value.js'
import { type EmitOptions, GraphEmitter } from '../emission/graph-emitter.js'
import type { Value } from '../emission/value.js'
import { ConstantFolder } from './folding/constant-folder.js'
import type { ConstantTensor } from './folding/constant-tensor.js'
import { ProgramWork } from './program-work.js'
import { RunTimeSizes } from './run-time-sizes.js'
import { ScriptTensor } from './script-value.js'
import { UndecidedTypes } from './undecided-types.js'

/** What one walk through a program knows from the walks before. */
interface TorchEmitterOptions {
  /** Names of constants that only nodes bring into another form, so that they stay one. */
  readonly asStored?: ReadonlySet<string> | undefined
  readonly work?: ProgramWork
}

/** Builds the graph of one program; `current` is the path of the module that is being followed, e.g. `layer1.0.conv1`. */
export class TorchEmitter extends GraphEmitter {
  readonly #sizes = new RunTimeSizes(this)
  readonly #folder: ConstantFolder
  readonly #asStored: ReadonlySet<string>
  /** What is done for the program, in this walk through it and in others. */
  readonly work: ProgramWork
  /** What the graph takes for granted, or does otherwise than the file says; one sentence each. */
  readonly assumptions = new Set<string>()
  readonly undecidedTypes = new UndecidedTypes()
  /** Tensors whose elements are all the same. */
  readonly #elements = new WeakMap<Value, Value>()

  constructor(name: string, { asStored = new Set(), work = new ProgramWork() }: TorchEmitterOptions = {}) {
    super(name)
    this.#asStored = asStored
    this.work = work
    this.#folder = new ConstantFolder(work)
  }

  override transposed(initializer: Initializer, order: readonly number[]): Value {
    if (!this.staysAsStored(initializer)) return super.transposed(initializer, order)
    return this.emit('Transpose', [this.constant(initializer)], { perm: ints(order) })
  }

  override reshaped(initializer: Initializer, shape: readonly number[]): Value {
    if (!this.staysAsStored(initializer)) return super.reshaped(initializer, shape)
    return this.emit('Reshape', [this.constant(initializer), this.numbers(shape)])
  }

  staysAsStored({ name }: Initializer): boolean {
    return this.#asStored.has(name)
  }

  override input(hint: string, type: ValueType): Value {
    const value = super.input(hint, type)
    this.#sizes.note(value)
    return value
  }

  override subgraph(hint: string, write: () => void): Graph {
    return super.subgraph(hint, () => this.#sizes.inside(write))
  }

  /** Writes a node, or computes what it gives where it reads constants alone. @returns all its outputs */
  override emitAll(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ): Value[] {
    this.work.spendOnNode(inputs.length, options.outputs ?? 1)
    const constant = this.#folder.fold(operator, inputs, attributes)
    if (constant !== undefined) return [constant]
    const outputs = super.emitAll(operator, inputs, attributes, options)
    for (const output of outputs) this.#sizes.note(output)
    this.undecidedTypes.follow(operator, inputs, outputs)
    return outputs
  }

  /** Writes a node. @returns its first output as a tensor of the program */
  tensor(...node: Parameters<GraphEmitter['emit']>): ScriptTensor {
    return new ScriptTensor(this.emit(...node))
  }

  /** @returns a scalar of that element type */
  scalar(value: number, dtype: DataType = 'int64'): Value {
    const known = this.numbers(value, dtype)
    return dtypeOf(known.known) === dtype ? known : this.cast(known, dtype)
  }

  /** @returns a scalar of that element type that holds all 64 bits, or the lowest of a narrower type */
  wideScalar(value: bigint, dtype: DataType): Value {
    if (isFloat(dtype) || dtype === 'bool') return this.scalar(Number(value), dtype)
    if (dtype !== 'int64') return this.scalar(Number(BigInt.asIntN(DATA_TYPES[dtype].bits, value)), dtype)
    return this.constant(memoryInitializer('constant', BigInt64Array.of(value), []))
  }

  /** @returns the tensor with elements of that type; itself where they are */
  cast(value: Value, dtype: DataType): Value {
    return dtypeOf(value.known) === dtype ? value : this.emit('Cast', [value], { to: int(DATA_TYPES[dtype].code) })
  }

  /** @returns a constant with these elements; refuses a program that makes too many */
  known(constant: ConstantTensor): Value {
    return this.#folder.made(constant)
  }

  /** @returns the elements of a constant that is no weight; `undefined` for everything else */
  contents(value: Value): ConstantTensor | undefined {
    return this.#folder.contents(value)
  }

  /** @returns a tensor of that shape whose elements are all the same; `undefined` where no tensor shows a free size */
  filled(element: Value, shape: Shape): Value | undefined {
    const sizes = this.sizes(shape)
    if (sizes === undefined) return undefined
    const value = shape.length === 0 ? element : this.emit('Expand', [nobodysWeight(element), sizes])
    this.#elements.set(value, element)
    return value
  }

  /** @returns the number that every element is, where a tensor was made so and it is known */
  onlyNumber(value: Value): number | undefined {
    const element = this.#elements.get(value)
    return element && this.contents(element)?.elements[0]
  }

  /** Says that a free size is the number that a tensor of one element holds. */
  bind(size: Dimension, value: Value): void {
    this.#sizes.bind(size, value)
  }

  /** @returns a list of sizes, int64; `undefined` where no tensor shows a free name among them */
  override sizes(shape: Shape): Value | undefined {
    const numbers = shape.filter((size) => typeof size === 'number')
    if (numbers.length === shape.length) return this.numbers(numbers)
    const parts = shape.map((size) => this.#sizes.of(size))
    if (parts.includes(undefined)) return undefined
    const [only] = parts
    if (parts.length === 1) return only
    const list = this.emit('Concat', parts, { axis: int(0) })
    return { ...list, known: tensor('int64', [shape.length], shape) ?? list.known }
  }

  /** @returns the size as a scalar, int64; `undefined` where no tensor shows a free name in it */
  sizeScalar(size: Dimension): Value | undefined {
    if (typeof size === 'number') return this.numbers(size)
    const list = this.#sizes.of(size)
    if (list === undefined) return undefined
    const scalar = this.emit('Squeeze', [list, this.numbers([0])])
    return { ...scalar, known: tensor('int64', [], [size]) ?? scalar.known }
  }
}

/** @returns the number, which counts as no weight whoever reads it */
function nobodysWeight(element: Value): Value {
  const { initializer } = element
  if (initializer === undefined || initializer.trainable !== undefined) return element
  return { ...element, initializer: { ...initializer, storedElements: 0, trainable: false } }
}
