/** Puts a plan together: hands out slots, computes what depends on weights alone once, and drops what nothing reads. */
import type { Tensor } from '@tensorflow/tfjs-core'
import { countOf, isSameOrder, type Layout, permutation, shapeIn } from './layout.js'
import type { Tfjs } from './library.js'
import type { Plan, PlannedOutput, PlannedValue, Slot, Step, Work } from './plan.js'

/** A tensor that depends on weights alone; made when something reads it, and kept for other plans under its key. */
interface Constant {
  readonly key: string
  make(): Tensor | Tensor[]
  readonly index: number
}

/** One plan in the making. */
export class PlanBuilder {
  readonly tf: Tfjs
  readonly #kept: Map<string, Tensor>
  readonly #constants = new Map<Slot, Constant>()
  readonly #inputs = new Map<string, Slot>()
  readonly #steps: Omit<Step, 'last'>[] = []
  readonly #converted = new Map<string, PlannedValue>()
  #slots = 0

  /** @param kept - constants of earlier plans of the same model, by key; this plan's are added */
  constructor(tf: Tfjs, kept: Map<string, Tensor>) {
    this.tf = tf
    this.#kept = kept
  }

  input(name: string, shape: readonly number[]): PlannedValue {
    const slot = this.#slot()
    this.#inputs.set(name, slot)
    return { slot, layout: 'plain', shape }
  }

  /** @param key - tells it from every other constant of the model */
  constant(key: string, shape: readonly number[], make: () => Tensor): PlannedValue {
    const slot = this.#slot()
    this.#constants.set(slot, { key, make, index: 0 })
    return { slot, layout: 'plain', shape }
  }

  isConstant({ slot }: PlannedValue): boolean {
    return this.#constants.has(slot)
  }

  /**
   * Adds a step with one output, or computes it now where all inputs are constants.
   *
   * @param key - says what the step does, attributes included; needed where constants may take part
   */
  step(inputs: readonly PlannedValue[], key: string, work: Work): Slot {
    return this.steps(inputs, key, 1, work)[0] as Slot
  }

  /** The same with several outputs. */
  steps(inputs: readonly PlannedValue[], key: string, count: number, work: Work): readonly Slot[] {
    const slots = inputs.map(({ slot }) => slot)
    const outputs = Array.from({ length: count }, () => this.#slot())
    const constants = slots.map((slot) => this.#constants.get(slot))
    if (constants.every((constant) => constant !== undefined)) {
      const whole = `${key}(${constants.map((constant) => `${constant.key}#${constant.index}`).join(', ')})`
      const make = () => work(constants.map(made))
      for (const [index, slot] of outputs.entries()) this.#constants.set(slot, { key: whole, make, index })
    } else {
      this.#steps.push({ inputs: slots, outputs, work })
    }
    return outputs
  }

  /** @returns the value in that layout; a conversion is made once, however many read it */
  as(layout: Layout, value: PlannedValue): PlannedValue {
    if (value.layout === layout || value.shape.length < 3) return value.layout === layout ? value : { ...value, layout }
    const key = `${value.slot}:${layout}`
    const before = this.#converted.get(key)
    if (before !== undefined) return before
    const shape = shapeIn(layout, value.shape)
    const slot = isSameOrder(value.shape)
      ? this.reshaped(value, shape)
      : this.#transposed(value, permutation(value.shape.length, layout))
    const converted = { slot, layout, shape: value.shape }
    this.#converted.set(key, converted)
    return converted
  }

  /** @param order - of the axes as they lie */
  #transposed(value: PlannedValue, order: readonly number[]): Slot {
    return this.step([value], `transpose ${order}`, ([x]) => this.tf.transpose(x as Tensor, [...order]))
  }

  /** @param shape - as it is to lie */
  reshaped(value: PlannedValue, shape: readonly number[]): Slot {
    return this.step([value], `reshape ${shape}`, ([x]) => this.tf.reshape(x as Tensor, [...shape]))
  }

  /** @returns the plan, its constants computed */
  build(outputs: readonly PlannedOutput[]): Plan {
    const steps = withLastUses(this.#steps, new Set(outputs.map(({ slot }) => slot)))
    const read = new Set([...steps.flatMap(({ inputs }) => inputs), ...outputs.map(({ slot }) => slot)])
    const constants = new Map<Slot, Tensor>()
    for (const slot of read) {
      const constant = this.#constants.get(slot)
      if (constant !== undefined) constants.set(slot, this.#keep(constant))
    }
    return { slots: this.#slots, inputs: this.#inputs, constants, steps, outputs }
  }

  #keep(constant: Constant): Tensor {
    const key = `${constant.key}#${constant.index}`
    const before = this.#kept.get(key)
    if (before !== undefined) return before
    const tensor = this.tf.tidy(() => this.tf.keep(this.tf.clone(made(constant))))
    this.#kept.set(key, tensor)
    return tensor
  }

  #slot(): Slot {
    this.#slots += 1
    return this.#slots - 1
  }
}

function made({ make, index }: Constant): Tensor {
  const result = make()
  return (Array.isArray(result) ? result[index] : result) as Tensor
}

/** Walks backwards: the first reader that is met is the last one to run. Outputs of the model stay to the end. */
function withLastUses(steps: readonly Omit<Step, 'last'>[], outputs: ReadonlySet<Slot>): Step[] {
  const seen = new Set(outputs)
  const result: Step[] = []
  for (const step of steps.toReversed()) {
    const slots = new Set([...step.inputs, ...step.outputs])
    const last = [...slots].filter((slot) => !seen.has(slot))
    for (const slot of slots) seen.add(slot)
    result.push({ ...step, last })
  }
  return result.reverse()
}

/** @returns whether all elements are one */
export const isScalar = ({ shape }: PlannedValue): boolean => countOf(shape) === 1
