/** What the rule of an operator sees of its node, and how it adds steps to the plan. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { UnsupportedError } from '../../core/errors.js'
import type { DataType } from '../../graph/data-type.js'
import type { Initializer } from '../../graph/graph.js'
import { dtypeOf, numbersOf, shapeOf } from '../../operators/known-value.js'
import type { KnownValue } from '../../operators/rule.js'
import type { NodeTrace } from '../../operators/trace.js'
import { constantElements, tfjsType } from './elements.js'
import { countOf, type Layout, shapeIn } from './layout.js'
import type { Tfjs } from './library.js'
import type { PlannedValue, Slot, Work } from './plan.js'
import type { PlanBuilder } from './plan-builder.js'

/** Plans one node: reads its inputs and sets its outputs. */
export type OperatorPlan = (call: OperatorCall) => void

/** What the calls of one plan share. */
export interface PlanContext {
  readonly builder: PlanBuilder
  readonly initializers: ReadonlyMap<string, Initializer>
  /** Values that have been planned, by name. */
  readonly values: Map<string, PlannedValue>
  /** Nodes that read a value; none for outputs of the model, whose value must stay. */
  readonly soleReader: (name: string) => NodeTrace | undefined
  /** Nodes whose work is part of a step of another one. */
  readonly absorbed: Set<NodeTrace>
}

/** One node. */
export class OperatorCall {
  readonly trace: NodeTrace
  readonly context: PlanContext

  constructor(trace: NodeTrace, context: PlanContext) {
    this.trace = trace
    this.context = context
  }

  get tf(): Tfjs {
    return this.context.builder.tf
  }

  get operator(): string {
    return this.trace.node.operator
  }

  get opset(): number {
    return this.trace.context.opset
  }

  /** @returns number of inputs, trailing ones that are left out not counted */
  get inputCount(): number {
    return this.trace.node.inputs.findLastIndex((name) => name !== '') + 1
  }

  has(index: number): boolean {
    return (this.trace.node.inputs[index] ?? '') !== ''
  }

  int(name: string, fallback: number): number {
    return this.trace.context.int(name, fallback)
  }

  float(name: string, fallback: number): number {
    return this.trace.context.float(name, fallback)
  }

  text(name: string, fallback: string): string {
    return this.trace.context.text(name, fallback)
  }

  ints(name: string): readonly number[] | undefined {
    return this.trace.context.ints(name)
  }

  /** Sizes of an input. */
  shape(index: number): readonly number[] {
    return this.#sizes(this.trace.inputs[index], `input ${index}`)
  }

  outputShape(index = 0): readonly number[] {
    return this.#sizes(this.trace.outputs[index], `output ${index}`)
  }

  dtype(index: number): DataType {
    return dtypeOf(this.trace.inputs[index]) ?? 'float32'
  }

  /** Elements of an input that are known before the run; `undefined` when the input is left out. */
  numbers(index: number): readonly number[] | undefined {
    if (!this.has(index)) return undefined
    const known = this.trace.context.numbers(index) ?? this.#constantNumbers(index)
    if (known !== undefined) return known
    throw this.refusal(`input ${index} is known to the run only`)
  }

  /** @returns the elements where they are known, `undefined` otherwise */
  numbersIfKnown(index: number): readonly number[] | undefined {
    return this.trace.context.numbers(index)
  }

  /** An attribute of old opsets that became an input. */
  list(attribute: string, input: number): readonly number[] | undefined {
    return this.trace.context.floats(attribute) ?? this.numbers(input)
  }

  /** An input as it lies. */
  value(index: number): PlannedValue {
    const name = this.trace.node.inputs[index] ?? ''
    const planned = this.context.values.get(name)
    if (planned !== undefined) return planned
    const made = this.#constant(name, index)
    this.context.values.set(name, made)
    return made
  }

  /** An input in one layout. */
  input(index: number, layout: Layout = 'plain'): PlannedValue {
    return this.context.builder.as(layout, this.value(index))
  }

  /** Whether an input is a weight, or computed from weights by nodes that come before. */
  isConstant(index: number): boolean {
    const name = this.trace.node.inputs[index] ?? ''
    const planned = this.context.values.get(name)
    if (planned !== undefined) return this.context.builder.isConstant(planned)
    return this.context.initializers.has(name) || this.trace.context.numbers(index) !== undefined
  }

  /** @returns the value that a step of this node makes, not an output of the node yet */
  step(
    inputs: readonly PlannedValue[],
    key: string,
    shape: readonly number[],
    layout: Layout,
    work: Work,
  ): PlannedValue {
    return { slot: this.context.builder.step(inputs, `${this.operator} ${key}`, work), layout, shape }
  }

  /** @returns a step with a single tensor in and out */
  map(value: PlannedValue, key: string, work: (x: Tensor) => Tensor, shape = value.shape): PlannedValue {
    return this.step([value], key, shape, value.layout, ([x]) => work(x as Tensor))
  }

  /** @param shape - in ONNX order, which may have another rank than the value: that one must lie plain */
  reshape(value: PlannedValue, shape: readonly number[]): PlannedValue {
    return { slot: this.context.builder.reshaped(value, shape), layout: 'plain', shape }
  }

  /** A vector for each channel, or a tensor that is made when the plan is. */
  constant(key: string, shape: readonly number[], make: () => Tensor): PlannedValue {
    return this.context.builder.constant(`${this.trace.path}/${key}`, shape, make)
  }

  /** Sets an output of the node. */
  output(value: PlannedValue, index = 0): void {
    this.outputNamed(this.trace.node.outputs[index] ?? '', value)
  }

  outputNamed(name: string, value: PlannedValue): void {
    if (name !== '') this.context.values.set(name, value)
  }

  /** The one node that reads an output, where nothing else does: its work may be joined to this one's. */
  nextAfter(name: string): OperatorCall | undefined {
    const trace = this.context.soleReader(name)
    return trace === undefined ? undefined : new OperatorCall(trace, this.context)
  }

  /** Says that the work of `node` is done by this one. */
  absorb({ trace }: OperatorCall): void {
    this.context.absorbed.add(trace)
  }

  /** What this engine cannot do of the node. */
  refusal(why: string): UnsupportedError {
    return new UnsupportedError(
      'E_OPERATOR_UNSUPPORTED',
      `TensorFlow.js cannot run ${this.operator} ${JSON.stringify(this.trace.path)}: ${why}`,
      {
        hint: 'use --engine onnxruntime, which runs every operator',
      },
    )
  }

  #sizes(value: KnownValue | undefined, what: string): readonly number[] {
    const shape = shapeOf(value)
    if (shape?.every((size) => typeof size === 'number') === true) return shape as readonly number[]
    throw this.refusal(`the sizes of ${what} are known to the run only`)
  }

  #constantNumbers(index: number): readonly number[] | undefined {
    const initializer = this.context.initializers.get(this.trace.node.inputs[index] ?? '')
    return initializer === undefined ? undefined : Array.from(constantElements(initializer))
  }

  #constant(name: string, index: number): PlannedValue {
    const { builder, initializers } = this.context
    const initializer = initializers.get(name)
    if (initializer !== undefined) {
      const { shape, dtype } = initializer
      const type = tfjsType(dtype, `weight ${name}`)
      return builder.constant(name, shape, () => this.tf.tensor(constantElements(initializer), [...shape], type))
    }
    const numbers = numbersOf(this.trace.inputs[index])
    if (numbers === undefined) throw this.refusal(`input ${JSON.stringify(name)} has no value`)
    const shape = this.shape(index)
    const type = tfjsType(this.dtype(index), `value ${name}`)
    return builder.constant(`${name}=${shape}:${numbers}`, shape, () => this.tf.tensor([...numbers], [...shape], type))
  }
}

/** @returns the sizes of a value as they lie */
export const lyingShape = ({ layout, shape }: PlannedValue): number[] => shapeIn(layout, shape)

/** @returns a value of another shape in the same slot: nothing moves */
export const relabelled = (slot: Slot, layout: Layout, shape: readonly number[]): PlannedValue => ({
  slot,
  layout,
  shape,
})

/** @returns whether a value is a vector with an element for each channel, whatever ones stand around it */
export const isPerChannel = (shape: readonly number[], channels: number): boolean => countOf(shape) === channels
