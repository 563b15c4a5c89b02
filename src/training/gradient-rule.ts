/**
 * What a gradient rule is and what it sees.
 *
 * A rule is local: given the gradients of a node's outputs it writes the nodes that compute those of its inputs. Which
 * nodes are asked, in which order and how several gradients of one value are summed is the walk's business
 * (`differentiate.ts`). All sizes are fixed before, and every node is in the form of opset 21 (`current-opset.ts`), so
 * that each rule knows one form of its operator.
 */
import { UnsupportedError } from '../core/errors.js'
import type { DataType } from '../graph/data-type.js'
import { formatShape, type Shape } from '../graph/dimension.js'
import { dtypeOf, shapeOf } from '../operators/known-value.js'
import { NodeView } from '../operators/node-view.js'
import type { NodeTrace } from '../operators/trace.js'
import type { Emitter, Sizes } from './emitter.js'

/** Values of the forward pass that the backward pass needs and that the model itself does not keep, by name. */
export type Saved = Readonly<Record<string, string>>

/** One row of the gradient table. */
export interface GradientRule {
  /**
   * Writes the node as it runs in training, under the names of its outputs, and says what it saves. Left out: the node
   * runs as it stands in the model.
   */
  readonly forward?: (view: ForwardView) => Saved
  /** Gives the gradient of each input, in order; those that `needs` denies, and inputs without one, may be left out. */
  readonly backward: (view: GradientView) => readonly (string | undefined)[]
}

/** `'none'`: the outputs do not change with small changes of the inputs, or are no floating-point numbers. */
export type GradientEntry = GradientRule | 'none'

/** Rules of one domain by operator name; one file per family exports one. */
export type GradientFamily = Readonly<Record<string, GradientEntry>>

/** A node of the forward pass, with the emitter that writes the training graph. */
export class ForwardView extends NodeView {
  readonly emit: Emitter
  readonly trace: NodeTrace

  constructor(trace: NodeTrace, emit: Emitter) {
    super(trace.node, trace.path, trace.inputs, trace.context.services)
    this.trace = trace
    this.emit = emit
  }

  /** Name of input `index`; `''` where it is left out. */
  input(index: number): string {
    return this.node.inputs[index] ?? ''
  }

  /** Name of output `index`; `''` where it is left out. */
  output(index = 0): string {
    return this.node.outputs[index] ?? ''
  }

  /** @throws {UnsupportedError} `E_TRAINING_SHAPE` when they are not fixed */
  sizes(index: number): Sizes {
    return this.#fixed(shapeOf(this.trace.inputs[index]), `input ${index}`)
  }

  /** The same of an output. */
  outputSizes(index = 0): Sizes {
    return this.#fixed(shapeOf(this.trace.outputs[index]), `output ${index}`)
  }

  /** Element type of what the node computes in. */
  get computesIn(): DataType {
    return dtypeOf(this.trace.outputs[0]) ?? this.dtype(0) ?? 'float32'
  }

  /** @returns a constant of the type that the node computes in */
  scalar(value: number): string {
    return this.emit.float(value, this.computesIn)
  }

  /** Contents of a setting, e.g. axes. @throws {UnsupportedError} `E_GRADIENT_SETTING` when only the run will tell */
  setting(index: number): Sizes {
    const numbers = this.numbers(index)
    if (numbers !== undefined) return numbers
    throw this.refusal(`input ${index} is known only when the model runs, training needs it before`)
  }

  /** An error that names the node. */
  refusal(reason: string): UnsupportedError {
    return new UnsupportedError('E_GRADIENT_SETTING', `${this.node.operator} "${this.path}": ${reason}`)
  }

  #fixed(shape: Shape | undefined, what: string): Sizes {
    if (shape?.every((size): size is number => typeof size === 'number') === true) return shape
    const found = shape === undefined ? 'not known' : formatShape(shape)
    const message = `${this.node.operator} "${this.path}": the shape of ${what} is ${found}, training needs fixed sizes`
    throw new UnsupportedError('E_TRAINING_SHAPE', message, { hint: 'give every input of the model a fixed shape' })
  }
}

/** The same node on the way back. */
export class GradientView extends ForwardView {
  /** Gradient of each output; `undefined` where nothing that counts reads it. */
  readonly gradients: readonly (string | undefined)[]
  readonly saved: Saved
  readonly #needed: readonly boolean[]

  constructor(
    trace: NodeTrace,
    emit: Emitter,
    gradients: readonly (string | undefined)[],
    saved: Saved,
    needed: readonly boolean[],
  ) {
    super(trace, emit)
    this.gradients = gradients
    this.saved = saved
    this.#needed = needed
  }

  /** Gradient of output 0. */
  get gradient(): string {
    return this.gradientOf(0)
  }

  /** Gradient of an output; zeros where nothing that counts reads it. */
  gradientOf(index: number): string {
    return this.gradients[index] ?? this.emit.zeros(this.outputSizes(index), this.computesIn)
  }

  /** Whether something asks for the gradient of input `index`. */
  needs(index: number): boolean {
    return this.#needed[index] === true
  }

  /** Writes the gradient of an input only if it is asked for. */
  ifNeeded(index: number, write: () => string): string | undefined {
    return this.needs(index) ? write() : undefined
  }

  /** A value of the output's shape summed down to that of input `index`. */
  sumToInput(value: string, index: number): string {
    return this.emit.sumTo(value, this.outputSizes(0), this.sizes(index))
  }
}
