// A format of your own: layers of a perceptron in JSON, `{ "mlp": [{ "weights": [[...]], "bias": [...] }, ...] }`.
// The graph that it builds is counted and run like that of any other file:
//   greenbench inspect docs/examples/xor.mlp.json --plugin docs/examples/mlp-format.js
import { basename } from 'node:path'
import { FormatError } from 'greenbench/core'
import { fileDigest } from 'greenbench/formats'
import { GraphBuilder } from 'greenbench/graph'

/** Weights in JSON are small: a larger file is something else. */
const MOST_BYTES = 64 * 2 ** 20
const HINT = 'see docs/examples/xor.mlp.json'

/** @type {import('greenbench/formats').ModelFormat} */
export const mlpFormat = {
  name: 'mlp-json',
  extensions: ['.json'],

  // By the first bytes only, and without throwing.
  async matches(source) {
    const start = Buffer.from(source.head.subarray(0, 64)).toString('latin1')
    return /^\s*\{\s*"mlp"\s*:/.test(start) ? 'sure' : 'no'
  },

  async load(source) {
    const bytes = readAll(source)
    const graph = graphOf(layersOf(bytes, source.path))
    return {
      name: basename(source.path, '.json'),
      format: 'mlp-json',
      path: source.path,
      bytes: bytes.length,
      inputs: graph.main.inputs,
      outputs: graph.main.outputs,
      graph,
      sha256: (signal) => fileDigest(source.path, signal),
    }
  },
}

/** @type {import('greenbench').Plugin} */
export default function register({ formats }) {
  formats.register(mlpFormat)
}

function readAll(source) {
  if (source.size > MOST_BYTES) {
    throw new FormatError('E_MLP_SIZE', `${source.path}: ${source.size} bytes are too many`, { hint: HINT })
  }
  const file = source.open()
  try {
    return file.read(0, file.size)
  } finally {
    file.close()
  }
}

function layersOf(bytes, path) {
  let layers
  try {
    layers = JSON.parse(Buffer.from(bytes).toString('utf8')).mlp
  } catch (cause) {
    throw new FormatError('E_MLP_JSON', `${path} is not JSON`, { hint: HINT, cause })
  }
  if (Array.isArray(layers) && layers.length > 0 && layers.every(isLayer)) return layers
  throw new FormatError('E_MLP_LAYERS', `${path}: each layer needs weights [out][in] and a bias [out] of numbers`, {
    hint: HINT,
  })
}

const isNumbers = (list, length) => Array.isArray(list) && list.length === length && list.every(Number.isFinite)

function isLayer(layer) {
  const { weights, bias } = layer ?? {}
  if (!Array.isArray(weights) || weights.length === 0) return false
  return weights.every((row) => isNumbers(row, weights[0]?.length)) && isNumbers(bias, weights.length)
}

/** A layer is `relu(x * weights^T + bias)`, the last one without relu. The size of the batch stays free. */
function graphOf(layers) {
  const builder = new GraphBuilder('mlp')
  let value = builder.input('x', 'float32', ['batch', layers[0].weights[0].length])
  for (const [index, { weights, bias }] of layers.entries()) {
    const shape = [weights.length, weights[0].length]
    const weight = builder.initializer(`weight${index}`, Float32Array.from(weights.flat()), shape)
    const offset = builder.initializer(`bias${index}`, Float32Array.from(bias))
    value = builder.node('Gemm', [value, weight, offset], { transB: { kind: 'int', value: 1 } })
    if (index < layers.length - 1) value = builder.node('Relu', [value])
  }
  return builder.output(value, 'float32', ['batch', layers.at(-1).weights.length]).build()
}
