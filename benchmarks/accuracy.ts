/** Counts how often a classifier names the class of an image first, or among its first five. */
import type { Tensor } from '../src/graph/tensor.js'
import { byCodeUnits } from '../src/images/pick-evenly.js'
import { findScores, rankOf, type ScoreOutput } from './class-scores.js'
import { indicesOf, type Labels } from './labels.js'

/** Shares of images, 0 to 1. */
export interface Accuracy {
  readonly top1: number
  /** Absent for models of five classes or fewer, where it says nothing. */
  readonly top5?: number
  /** Images that had a class the model knows. */
  readonly count: number
}

/** What came of counting: the figure, or why there is none. */
export type AccuracyResult =
  | {
      readonly accuracy: Accuracy
      /** Class folders that the labels do not name. */
      readonly unmatched: readonly string[]
      /** True when nothing but the order of the folders says which output is which. */
      readonly isOrderAssumed: boolean
    }
  | { readonly reason: string }

/** Compares outputs with class folders, batch by batch. */
export class AccuracyCounter {
  readonly #classes: readonly string[]
  readonly #labels: Labels | undefined
  #scores: ScoreOutput | undefined
  #indices: ReadonlyMap<string, number> = new Map()
  #reason: string | undefined
  #isStarted = false
  #count = 0
  #first = 0
  #firstFive = 0

  /**
   * @param classes - names of all class folders
   * @param labels - names of the model's outputs, when the user gave them; else the sorted folders are the outputs
   */
  constructor(classes: readonly string[], labels: Labels | undefined) {
    this.#classes = classes
    this.#labels = labels
  }

  /** @param labels - class of each row that counts; rows beyond them were filled up by repetition */
  add(outputs: ReadonlyMap<string, Tensor>, batchSize: number, labels: readonly (string | undefined)[]): void {
    if (!this.#isStarted) this.#start(outputs, batchSize)
    if (this.#scores === undefined) return
    const { name, classes } = this.#scores
    const scores = outputs.get(name)
    for (const [row, label] of labels.entries()) {
      const index = label === undefined ? undefined : this.#indices.get(label)
      if (index === undefined || scores === undefined) continue
      const rank = rankOf(scores, row, classes, index)
      this.#count++
      if (rank < 1) this.#first++
      if (rank < 5) this.#firstFive++
    }
  }

  result(): AccuracyResult {
    if (this.#reason !== undefined) return { reason: this.#reason }
    if (this.#count === 0) return { reason: 'no image has a class that the model knows' }
    const [top1, top5] = [this.#first / this.#count, this.#firstFive / this.#count]
    const hasFive = (this.#scores?.classes ?? 0) > 5
    return {
      accuracy: { top1, ...(hasFive ? { top5 } : {}), count: this.#count },
      unmatched: this.#classes.filter((name) => !this.#indices.has(name)),
      isOrderAssumed: this.#labels === undefined,
    }
  }

  #start(outputs: ReadonlyMap<string, Tensor>, batchSize: number): void {
    this.#isStarted = true
    const scores = findScores(outputs, batchSize)
    const indices = scores === undefined ? NO_SCORES : matchClasses(this.#classes, this.#labels, scores.classes)
    if (typeof indices === 'string') {
      this.#reason = indices
      return
    }
    this.#scores = scores
    this.#indices = indices
  }
}

const NO_SCORES = 'no output of the model is one score per class'

/** @returns output index of each class folder, or why there is none */
export function matchClasses(
  classes: readonly string[],
  labels: Labels | undefined,
  outputs: number,
): ReadonlyMap<string, number> | string {
  if (classes.length === 0) return 'the images lie in no class folders'
  if (labels === undefined) {
    if (classes.length === outputs) return new Map(classes.toSorted(byCodeUnits).map((name, index) => [name, index]))
    return `${classes.length} class folders for ${outputs} outputs of the model; name the outputs with --labels`
  }
  const found = [...indicesOf(classes, labels)].filter(([, index]) => index < outputs)
  return found.length > 0
    ? new Map(found)
    : `the labels file names none of the class folders (${classes.slice(0, 3).join(', ')})`
}
