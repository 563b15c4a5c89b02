/** A model as a list of steps that TensorFlow.js runs one after the other, for inputs of fixed sizes. */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { DataType } from '../../graph/data-type.js'
import type { Layout } from './layout.js'
import type { Tfjs } from './library.js'

/** One call, or a few that belong together. */
export type Work = (inputs: readonly Tensor[]) => Tensor | Tensor[]

/** A place for a tensor, filled by an input, a constant or a step. */
export type Slot = number

/** A step of the plan. */
export interface Step {
  readonly inputs: readonly Slot[]
  readonly outputs: readonly Slot[]
  readonly work: Work
  /** Slots that no later step reads. */
  readonly last: readonly Slot[]
}

/** A value of the graph: where it lies, and how. */
export interface PlannedValue {
  readonly slot: Slot
  readonly layout: Layout
  /** As ONNX orders it. */
  readonly shape: readonly number[]
}

/** An output of the model. */
export interface PlannedOutput {
  readonly name: string
  readonly slot: Slot
  readonly dtype: DataType
  readonly shape: readonly number[]
}

/** Ready to run. */
export interface Plan {
  readonly slots: number
  /** By name of the input. */
  readonly inputs: ReadonlyMap<string, Slot>
  readonly constants: ReadonlyMap<Slot, Tensor>
  readonly steps: readonly Step[]
  readonly outputs: readonly PlannedOutput[]
}

/** Elements of the outputs, by name. */
export type PlanResults = ReadonlyMap<string, ArrayLike<number>>

/**
 * Runs a plan. Tensors are given back as soon as their last use is past.
 *
 * @param feeds - a tensor for each input; they belong to the caller
 */
export function runPlan(tf: Tfjs, plan: Plan, feeds: ReadonlyMap<string, Tensor>): PlanResults {
  const tensors: (Tensor | undefined)[] = new Array(plan.slots)
  for (const [slot, tensor] of plan.constants) tensors[slot] = tensor
  for (const [name, slot] of plan.inputs) tensors[slot] = feeds.get(name)
  const outer = new Set([...plan.constants.keys(), ...plan.inputs.values()])
  let results: PlanResults = new Map()
  tf.tidy(() => {
    for (const step of plan.steps) runStep(tf, step, tensors, outer)
    results = new Map(plan.outputs.map(({ name, slot }) => [name, at(tensors, slot).dataSync()]))
  })
  return results
}

function runStep(
  tf: Tfjs,
  { inputs, outputs, work, last }: Step,
  tensors: (Tensor | undefined)[],
  outer: ReadonlySet<Slot>,
): void {
  const made = tf.tidy(() => work(inputs.map((slot) => at(tensors, slot))))
  const list = Array.isArray(made) ? made : [made]
  for (const [index, slot] of outputs.entries()) tensors[slot] = list[index]
  for (const slot of last) {
    if (!outer.has(slot)) tensors[slot]?.dispose()
    tensors[slot] = undefined
  }
}

function at(tensors: readonly (Tensor | undefined)[], slot: Slot): Tensor {
  const tensor = tensors[slot]
  if (tensor === undefined) throw new RangeError(`slot ${slot} of the plan is empty`)
  return tensor
}
