/**
 * Makes the graphs that move a model's weights: one with the update behind each gradient or, where gradients are summed over
 * several batches first, one that adds them up and one that updates.
 */

import { int } from '../graph/attributes.js'
import { GraphBuilder } from '../graph/builder.js'
import type { DataType } from '../graph/data-type.js'
import { DATA_TYPES } from '../graph/data-type.js'
import type { Initializer, ModelGraph } from '../graph/graph.js'
import type { WeightLayout } from './blocked/weight-layout.js'
import { Emitter, type Sizes } from './emitter.js'
import { isDecayed, type Optimizer, type OptimizerOptions, optimizerOf } from './optimizers/index.js'
import { draftTrainingStep, type TrainedWeight, type TrainingGraphOptions } from './training-graph.js'
import type { WrittenTarget } from './write-target.js'

/** A value that a run moves on: an input and the output that takes its place in the next run. */
export interface StateValue {
  readonly name: string
  readonly next: string
  readonly dtype: DataType
  readonly shape: readonly number[]
  /** What it is before the first run: zeros where there is none. */
  readonly initializer?: Initializer
  /** Where the elements lie; absent where they lie as they are. */
  readonly layout?: WeightLayout
}

/** A graph and what it moves on. */
export interface Program {
  readonly graph: ModelGraph
  readonly moved: readonly StateValue[]
  /** Inputs that it reads of what another program moves. */
  readonly read: readonly string[]
  /** Names of float64 scalars among its inputs, by what they are. */
  readonly scalars: Readonly<Record<string, string>>
}

/** A training step in one program or two. */
export interface StepGraphs extends WrittenTarget {
  readonly step: Program
  /** Present when gradients are summed first; these are its inputs, and its scalar `scale` their factor. */
  readonly update?: Program
  readonly weights: readonly TrainedWeight[]
  readonly dropoutKey?: string
  /** Weights and running statistics: what the model computes with at inference. */
  readonly evaluated: readonly string[]
  /** The model's inputs. */
  readonly inputs: readonly string[]
}

/** How weights are moved. */
export interface StepGraphOptions extends TrainingGraphOptions {
  readonly optimizer: OptimizerOptions
  /** Whether gradients are summed over several batches, so that the update is a program of its own. */
  readonly accumulates: boolean
}

/** @throws {UnsupportedError} as `buildTrainingGraph` does; {UsageError} `E_OPTIMIZER` */
export function buildStepGraphs(model: ModelGraph, options: StepGraphOptions): StepGraphs {
  const optimizer = optimizerOf(options.optimizer)
  const { finish, emit, statistics, ...draft } = draftTrainingStep(model, options)
  const running = statistics.map(({ name, updated, initializer }) => stateOf(name, updated, initializer))
  const inputs = model.main.inputs.map(({ name }) => name)
  const evaluated = [...draft.weights, ...statistics].map(({ name }) => name)
  const common = { ...draft, inputs, evaluated }
  const graphOf = (moved: readonly StateValue[]) => finish([draft.loss, draft.output, ...moved.map(({ next }) => next)])
  if (!options.accumulates) {
    const { moved, scalars } = writeUpdates(emit, draft.weights, optimizer, options.optimizer)
    const all = [...moved, ...running]
    return { ...common, step: { graph: graphOf(all), moved: all, read: [], scalars } }
  }
  const sums = draft.weights.map((weight) => sumOf(emit, weight))
  const all = [...sums, ...running]
  const read = draft.weights.map(({ name }) => name)
  const step = { graph: graphOf(all), moved: all, read, scalars: {} }
  return { ...common, step, update: updateProgram(draft.weights, sums, optimizer, options) }
}

function stateOf(name: string, next: string, initializer: Initializer): StateValue {
  return { name, next, dtype: initializer.dtype, shape: initializer.shape, initializer }
}

/** What holds for a weight and for all that is kept beside it. */
function placeOf({ initializer, shape, layout }: TrainedWeight): Pick<StateValue, 'dtype' | 'shape' | 'layout'> {
  return { dtype: initializer.dtype, shape, ...(layout === undefined ? {} : { layout }) }
}

function sumOf(emit: Emitter, weight: TrainedWeight): StateValue {
  const place = placeOf(weight)
  const name = inputBeside(emit, weight.name, 'sum of gradients', place.dtype, place.shape)
  return { name, next: emit.add(name, weight.gradient), ...place }
}

function inputBeside({ builder }: Emitter, weight: string, what: string, dtype: DataType, shape: Sizes): string {
  return builder.input(builder.uniqueName(`${weight}/${what}`), dtype, shape)
}

/** The update alone: weights and sums of gradients are its inputs. */
function updateProgram(
  weights: readonly TrainedWeight[],
  sums: readonly StateValue[],
  optimizer: Optimizer,
  options: StepGraphOptions,
): Program {
  const emit = new Emitter(new GraphBuilder('update'), 'update')
  for (const { name, initializer, shape } of weights) emit.builder.input(name, initializer.dtype, shape)
  for (const { name, dtype, shape } of sums) emit.builder.input(name, dtype, shape)
  const scale = emit.builder.input(emit.name('scale'), 'float64', [])
  const scaled = weights.map((weight, index) => {
    const factor = castTo(emit, scale, weight.initializer.dtype)
    return { ...weight, gradient: emit.mul(sums[index]?.name ?? '', factor) }
  })
  const { moved, scalars } = writeUpdates(emit, scaled, optimizer, options.optimizer)
  for (const { next } of moved) emit.builder.output(next)
  return { graph: emit.builder.build(), moved, read: sums.map(({ name }) => name), scalars: { ...scalars, scale } }
}

/**
 * Numbers that all elements share have as many axes as the weight: onnxruntime multiplies a `[K, C, 1, 1]` by a scalar without
 * axes element by element, 30 times slower.
 */
function writeUpdates(
  emit: Emitter,
  weights: readonly TrainedWeight[],
  optimizer: Optimizer,
  options: OptimizerOptions,
): Pick<Program, 'moved' | 'scalars'> {
  const names = Object.keys(optimizer.scalars(0, 0))
  const scalars = Object.fromEntries(names.map((name) => [name, emit.builder.input(emit.name(name), 'float64', [])]))
  const cast = new Map<string, Readonly<Record<string, string>>>()
  const moved = weights.flatMap((trained) => {
    const { name, gradient, initializer } = trained
    const place = placeOf(trained)
    const { dtype, shape } = place
    const inputs = Object.fromEntries(
      optimizer.slots.map((slot) => [slot, inputBeside(emit, name, slot, dtype, shape)]),
    )
    const ones = shape.map(() => 1)
    const own =
      cast.get(`${dtype}${ones}`) ?? mapValues(scalars, (scalar) => emit.reshape(castTo(emit, scalar, dtype), ones))
    cast.set(`${dtype}${ones}`, own)
    const constant = (value: number) => emit.float([value], dtype, ones)
    const decayed = isDecayed(options, initializer.shape)
    const view = { emit, weight: name, gradient, isDecayed: decayed, slots: inputs, scalars: own, constant }
    const { weight, slots } = optimizer.write(view)
    const kept = optimizer.slots.map((slot) => ({ name: inputs[slot] ?? '', next: slots[slot] ?? '', ...place }))
    return [{ ...stateOf(name, weight, initializer), ...place }, ...kept]
  })
  return { moved, scalars }
}

function castTo(emit: Emitter, value: string, dtype: DataType): string {
  return dtype === 'float64' ? value : emit.op('Cast', [value], { to: int(DATA_TYPES[dtype].code) })
}

function mapValues(values: Readonly<Record<string, string>>, write: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, write(value)]))
}
