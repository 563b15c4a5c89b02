/** A small classifier with batch normalisation and dropout, and batches that it can learn. */
import type { LabelledBatch } from '../../formats/trainer.js'
import { seededRandom } from '../../src/core/random.js'
import { attribute, GraphBuilder, type ModelGraph } from '../../src/graph/index.js'
import type { TrainerOptions } from '../../src/training/trainer-options.js'

const { int, ints } = attribute

/** Rows of a batch. */
export const BATCH = 8

/** Options that learn the batches below within some ten steps. */
export const OPTIONS = {
  batchSize: BATCH,
  threads: 1,
  seed: 3,
  optimizer: { kind: 'sgd', momentum: 0.9 },
  schedule: { kind: 'constant', rate: 0.1 },
} as const satisfies TrainerOptions

/** What a model is made with. */
export interface ClassifierOptions {
  readonly classes?: number
  /** Behind the scores; none when left out. */
  readonly last?: string
  /** Share that Dropout drops; 0.25 when left out. */
  readonly ratio?: number
}

/** @returns `[N, 2, 6, 6]` to `[N, classes]` */
export function classifier({ classes = 3, last, ratio = 0.25 }: ClassifierOptions = {}): ModelGraph {
  const random = seededRandom(5)
  const builder = new GraphBuilder('classifier')
  const weight = (name: string, shape: readonly number[], around = 0) => {
    const count = shape.reduce((product, size) => product * size, 1)
    const elements = Float32Array.from({ length: count }, () => around + (random() - 0.5) / 2)
    return builder.initializer(name, elements, shape)
  }
  const image = builder.input('image', 'float32', ['N', 2, 6, 6])
  const conv = builder.node('Conv', [image, weight('conv', [8, 2, 3, 3])], { pads: ints([1, 1, 1, 1]) })
  const statistics = [weight('scale', [8], 1), weight('shift', [8]), weight('mean', [8]), weight('variance', [8], 1)]
  const active = builder.node('Relu', [builder.node('BatchNormalization', [conv, ...statistics])])
  const pooled = builder.node('Flatten', [builder.node('GlobalAveragePool', [active])])
  const dropped = builder.node('Dropout', [pooled, builder.constant(ratio, 'float32')])
  const head = [weight('head', [classes, 8]), weight('bias', [classes])]
  const logits = builder.node('Gemm', [dropped, ...head], { transB: int(1) }, { outputs: ['logits'] })
  builder.output(last === undefined ? logits : builder.node(last, [logits], {}, { outputs: ['scores'] }))
  return builder.build({ opset: 17 })
}

/** @returns images of noise, in which the sum of each channel tells the class, 0 to 2 */
export function batchOf(seed: number, rows = BATCH): LabelledBatch {
  const random = seededRandom(seed)
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * 3))
  const data = new Float32Array(rows * 72)
  for (const index of data.keys()) {
    const [row, channel] = [Math.floor(index / 72), Math.floor(index / 36) % 2]
    data[index] = random() - 0.5 + (labels[row] === channel ? 1 : 0)
  }
  return { input: { dtype: 'float32', shape: [rows, 2, 6, 6], data }, labels }
}
