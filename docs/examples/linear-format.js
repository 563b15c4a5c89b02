// A format that runs and trains in a way of its own: one linear layer in JSON, without a graph.
//   greenbench train docs/examples/shapes.linear.json --images examples/images --plugin docs/examples/linear-format.js \
//     --optimizer sgd --momentum 0 --normalize 0.5,0.5
// The file is `{ "linear": { "shape": [C, H, W], "classes": n, "weights": [...], "bias": [...] } }`; without weights it
// begins with zeros. `createRunner` makes it run and `createTrainer` makes it learn; everything else is greenbench's work.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { FormatError, UnsupportedError } from 'greenbench/core'
import { fileDigest } from 'greenbench/formats'
import { symbol } from 'greenbench/graph'

/** @type {import('greenbench/formats').ModelFormat} */
export const linearFormat = {
  name: 'linear-json',
  extensions: ['.json'],

  async matches(source) {
    const start = Buffer.from(source.head.subarray(0, 64)).toString('latin1')
    return /^\s*\{\s*"linear"\s*:/.test(start) ? 'sure' : 'no'
  },

  async load(source) {
    const layer = readLayer(source.path)
    const { shape, classes, weights, bias } = layer
    const count = weights.length + bias.length
    const value = (name, sizes) => ({ name, type: { kind: 'tensor', dtype: 'float32', shape: sizes } })
    return {
      name: basename(source.path, '.json'),
      format: 'linear-json',
      path: source.path,
      bytes: source.size,
      inputs: [value('image', [symbol('N'), ...shape])],
      outputs: [value('scores', [symbol('N'), classes])],
      sha256: (signal) => fileDigest(source.path, signal),
      countParameters: async () => ({ trainable: count, nonTrainable: 0, bytes: 8 * count }),
      countMacs: async (batchSize) => batchSize * weights.length,
      createRunner: async () => ({ run: async ([input]) => [scoresOf(layer, input)], close: async () => {} }),
      createTrainer: async (settings) => new LinearTrainer(layer, plainDescent(settings)),
    }
  },
}

/** @type {import('greenbench').Plugin} */
export default function register({ formats }) {
  formats.register(linearFormat)
}

const MOST_WEIGHTS = 10_000_000

function readLayer(path) {
  const { shape, classes, weights, bias } = readJson(path).linear ?? {}
  const isCount = (size) => Number.isInteger(size) && size > 0 && size <= MOST_WEIGHTS
  const inputs = Array.isArray(shape) && shape.every(isCount) ? shape.reduce((product, size) => product * size, 1) : 0
  if (!isCount(inputs * classes)) {
    throw new FormatError('E_LINEAR', `${path}: shape and classes must be positive whole numbers`, {
      hint: 'for example { "linear": { "shape": [3, 16, 16], "classes": 6 } }',
    })
  }
  const filled = (values, length) => (values === undefined ? new Float64Array(length) : Float64Array.from(values))
  const layer = { shape, classes, inputs, weights: filled(weights, inputs * classes), bias: filled(bias, classes) }
  const isWhole = layer.weights.length === inputs * classes && layer.bias.length === classes
  if (isWhole && layer.weights.every(Number.isFinite) && layer.bias.every(Number.isFinite)) return layer
  throw new FormatError('E_LINEAR', `${path}: expected ${inputs * classes} numbers as weights and ${classes} as bias`)
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new FormatError('E_LINEAR', `${path} cannot be read as JSON`, { hint: 'it may be cut off', cause })
  }
}

/** [N, classes] */
function scoresOf({ weights, bias, inputs, classes }, { data, shape: [rows] }) {
  const scores = new Float32Array(rows * classes)
  for (let row = 0; row < rows; row++) {
    for (let label = 0; label < classes; label++) {
      let sum = bias[label]
      for (let index = 0; index < inputs; index++) sum += weights[label * inputs + index] * data[row * inputs + index]
      scores[row * classes + label] = sum
    }
  }
  return { dtype: 'float32', shape: [rows, classes], data: scores }
}

/** A setting that is not heeded would stand in the record all the same: so it is refused. */
function plainDescent(settings) {
  const { optimizer, momentum, schedule, warmupUpdates, accumulate, labelSmoothing, loss } = settings
  const isPlain = optimizer === 'sgd' && momentum === 0 && schedule === 'constant' && warmupUpdates === 0
  if (isPlain && accumulate === 1 && labelSmoothing === 0 && loss === 'softmax-cross-entropy') return settings
  throw new UnsupportedError('E_LINEAR_SETTING', 'linear-json knows plain gradient descent alone', {
    hint: 'give --optimizer sgd --momentum 0, and leave out the other settings',
  })
}

/** Softmax regression by gradient descent. @implements {import('greenbench/formats').Trainer} */
class LinearTrainer {
  #layer
  #settings
  #counts = { updates: 0, steps: 0, summedRows: 0 }

  constructor(layer, settings) {
    this.#layer = { ...layer, weights: layer.weights.slice(), bias: layer.bias.slice() }
    this.#settings = settings
  }

  async step(batch) {
    const { outcome, differences } = this.#compare(batch)
    const { weights, bias, inputs, classes } = this.#layer
    const { learningRate, weightDecay } = this.#settings
    for (let label = 0; label < classes; label++) {
      const offset = label * inputs
      for (let index = 0; index < inputs; index++) weights[offset + index] *= 1 - learningRate * weightDecay
      for (const [row, difference] of differences) {
        const change = (learningRate * difference[label]) / outcome.count
        for (let index = 0; index < inputs; index++)
          weights[offset + index] -= change * batch.input.data[row * inputs + index]
        bias[label] -= change
      }
    }
    this.#counts = { ...this.#counts, updates: this.#counts.updates + 1, steps: this.#counts.steps + 1 }
    return outcome
  }

  async evaluate(batch) {
    return this.#compare(batch).outcome
  }

  async state() {
    const { weights, bias, inputs, classes } = this.#layer
    const tensor = (data, shape) => ({ dtype: 'float64', shape, data: data.slice() })
    const tensors = new Map([
      ['weights', tensor(weights, [classes, inputs])],
      ['bias', tensor(bias, [classes])],
    ])
    return { ...this.#counts, tensors, fingerprint: `linear ${inputs} ${classes} ${this.#settings.seed}` }
  }

  async restore({ tensors, fingerprint, ...counts }) {
    if (fingerprint !== (await this.state()).fingerprint) throw new FormatError('E_LINEAR', 'a state of another model')
    this.#layer.weights.set(tensors.get('weights').data)
    this.#layer.bias.set(tensors.get('bias').data)
    this.#counts = { updates: counts.updates, steps: counts.steps, summedRows: 0 }
  }

  /** A reader never meets half a file. */
  async save(path) {
    const { shape, classes, weights, bias } = this.#layer
    writeFileSync(
      `${path}.part`,
      JSON.stringify({ linear: { shape, classes, weights: [...weights], bias: [...bias] } }),
    )
    renameSync(`${path}.part`, path)
  }

  async close() {}

  /** Loss and right answers, and by row the softmax less what it should be; rows of label -1 take no part. */
  #compare({ input, labels }) {
    const { data: scores } = scoresOf(this.#layer, input)
    const { classes } = this.#layer
    const differences = new Map()
    let [loss, correct] = [0, 0]
    for (const [row, label] of labels.entries()) {
      if (label < 0) continue
      const own = scores.subarray(row * classes, (row + 1) * classes)
      const highest = Math.max(...own)
      const powers = Array.from(own, (score) => Math.exp(score - highest))
      const sum = powers.reduce((total, power) => total + power, 0)
      loss -= Math.log(powers[label] / sum)
      if (own.indexOf(highest) === label) correct++
      differences.set(
        row,
        powers.map((power, index) => power / sum - (index === label ? 1 : 0)),
      )
    }
    const count = differences.size
    return { outcome: { loss: loss / count, correct, count }, differences }
  }
}
