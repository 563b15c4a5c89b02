/** Makes a model ready to be trained: its weights constants, its last layer for the classes, its batch free. */
import type { ModelGraph } from '../../graph/graph.js'
import type { InputBindings } from '../../operators/bindings.js'
import { inferTypes } from '../../operators/infer.js'
import { countOf, emptyElements, type FloatElements } from '../state-buffers.js'
import type { StateValue } from '../step-graph.js'
import { withConstantWeights } from './constant-weights.js'
import { withBatchSize } from './fixed-batch.js'
import { fillInitial } from './initial-values.js'
import { withClasses } from './new-head.js'
import { notesOn } from './notes.js'
import { weightRoles } from './weight-roles.js'
import { withWideWeights } from './widened-weights.js'

/** What a model is prepared for. */
export interface PreparationOptions extends Pick<InputBindings, 'inputShapes'> {
  readonly batchSize: number
  readonly output?: string | undefined
  readonly classes?: number | undefined
  readonly fromScratch?: boolean | undefined
  readonly seed: number
  readonly batchNormalization: 'batch' | 'frozen'
}

/** A model in the forms in which it is saved and trained. */
export interface PreparedModel {
  /** The user's model, with its weights as constants and the new head, if any. */
  readonly saved: ModelGraph
  /** The same for batches of the size asked for. */
  readonly trained: ModelGraph
  readonly notes: readonly string[]
  /** Gives the values that something starts from: those of the file, or random ones. */
  first(value: StateValue): FloatElements
}

/** @throws {UnsupportedError} `E_HEAD`, `E_TRAINING_BATCH`; {UsageError} `E_CLASSES` */
export function prepareModel(model: ModelGraph, options: PreparationOptions): PreparedModel {
  const { classes, output, batchNormalization, fromScratch: isFromScratch = false } = options
  const { model: wide, widened } = withWideWeights(model)
  const { model: whole, made } = withConstantWeights(wide)
  const { model: saved, head } =
    classes === undefined ? { model: whole, head: new Set<string>() } : withClasses(whole, classes, {}, output)
  const trained = withBatchSize(saved, options.batchSize, output)
  const { main: trace } = inferTypes(trained, options)
  const notes = notesOn(trained, { batchNormalization, isFromScratch, head, made, widened, classes, trace })
  const isFresh = (name: string) => isFromScratch || head.has(name) || made.has(name)
  return { saved, trained, notes, first: firstValues(saved, isFresh, options.seed) }
}

function firstValues(model: ModelGraph, isFresh: (name: string) => boolean, seed: number): PreparedModel['first'] {
  const roles = weightRoles(inferTypes(model).main)
  const places = new Map([...model.main.initializers.keys()].map((name, place) => [name, place]))
  return ({ name, dtype, shape, initializer }) => {
    const elements = emptyElements(dtype, countOf(shape))
    if (initializer === undefined) return elements
    const role = roles.get(name)
    const isKept = !isFresh(name) || role === undefined || role.kind === 'other'
    if (isKept) new Uint8Array(elements.buffer).set(initializer.data.read())
    else fillInitial(elements, role, mixed(seed, places.get(name) ?? 0))
    return elements
  }
}

/** Seeds of neighbours must not be neighbours. */
const mixed = (seed: number, place: number): number =>
  Math.imul(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (place + 1), 0xc2b2ae35)
