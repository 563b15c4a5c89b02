/** Writes the labels of a batch for the loss, and counts which rows the scores got right. */
import { UnsupportedError, UsageError } from '../core/errors.js'
import type { Tensor } from '../graph/tensor.js'
import type { LossOptions } from './loss.js'
import { countOf, emptyElements, type FloatElements } from './state-buffers.js'
import type { WrittenTarget } from './write-target.js'

/** The labels of one batch and the scores that a model gave for it. */
export class Labels {
  /** What the loss compares with, written anew for each batch. */
  readonly target: Tensor
  /** Factor of each row, `[N]`. */
  readonly rowWeights: Tensor
  readonly #classes: number
  /** Of a single score: what lies above it stands for class 1. */
  readonly #threshold: number

  /** @throws {UnsupportedError} `E_TRAINING_OUTPUT` for an output that is not one row of scores for each image */
  constructor({ target, scores }: WrittenTarget, loss: LossOptions['kind']) {
    const [rows = 0, classes = 0, ...rest] = scores.sizes
    const least = loss === 'softmax-cross-entropy' ? 2 : 1
    if (classes < least || rest.some((size) => size !== 1)) throw notClasses(scores.sizes)
    const { dtype, shape } = target
    const count = countOf(shape)
    this.target = { dtype, shape, data: dtype === 'int64' ? new BigInt64Array(count) : emptyElements(dtype, count) }
    this.rowWeights = { dtype: scores.dtype, shape: [rows], data: emptyElements(scores.dtype, rows) }
    this.#classes = classes
    this.#threshold = loss === 'sigmoid-cross-entropy' && !scores.isProbability ? 0 : 0.5
  }

  /**
   * @param weighs - gives the weight of a row that takes part, from their number
   * @returns the number of rows that take part
   * @throws {UsageError} `E_LABELS` for a number of labels that is not the batch size, and where no row takes part;
   *   `E_LABEL_RANGE` for a label that is no class of the model
   */
  write(labels: Int32Array, weighs: (rows: number) => number): number {
    const count = this.#check(labels)
    const weights = this.rowWeights.data as FloatElements
    for (const [row, label] of labels.entries()) {
      weights[row] = label < 0 ? 0 : weighs(count)
      this.#writeRow(row, Math.max(label, 0))
    }
    return count
  }

  /** @returns rows whose highest score is their label's, the first of several that are as high */
  countCorrect(labels: Int32Array, scores: Tensor): number {
    const values = scores.data as FloatElements
    let correct = 0
    for (const [row, label] of labels.entries()) {
      if (label >= 0 && label === this.#predictedClass(values, row)) correct += 1
    }
    return correct
  }

  #check(labels: Int32Array): number {
    const [rows = 0] = this.rowWeights.shape
    if (labels.length !== rows) throw new UsageError('E_LABELS', `${labels.length} labels for a batch of ${rows}`)
    const last = Math.max(this.#classes, 2) - 1
    let count = 0
    for (const label of labels) {
      if (label < -1 || label > last) throw outOfRange(label, last)
      if (label >= 0) count += 1
    }
    if (count === 0) throw new UsageError('E_LABELS', 'no row of the batch has a label')
    return count
  }

  #writeRow(row: number, label: number): void {
    const { data } = this.target
    if (data instanceof BigInt64Array) data[row] = BigInt(label)
    else if (this.#classes === 1) (data as FloatElements)[row] = label
    else {
      const values = data as FloatElements
      values.fill(0, row * this.#classes, (row + 1) * this.#classes)
      values[row * this.#classes + label] = 1
    }
  }

  #predictedClass(values: FloatElements, row: number): number {
    if (this.#classes === 1) return Number((values[row] ?? 0) > this.#threshold)
    const start = row * this.#classes
    let best = 0
    for (let index = 1; index < this.#classes; index += 1) {
      if ((values[start + index] ?? 0) > (values[start + best] ?? 0)) best = index
    }
    return best
  }
}

function notClasses(sizes: readonly number[]): UnsupportedError {
  return new UnsupportedError('E_TRAINING_OUTPUT', `the output is [${sizes.join(', ')}], expected [N, classes]`, {
    hint: 'name an output that gives one row of scores for each image',
  })
}

function outOfRange(label: number, last: number): UsageError {
  return new UsageError('E_LABEL_RANGE', `label ${label} is no class of the model, which has 0 to ${last}`, {
    hint: 'give the model a new head with as many classes as the labels have',
  })
}
