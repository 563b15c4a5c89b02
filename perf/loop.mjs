/**
 * What greenbench's loop costs beside a bare loop over onnxruntime-node, on the same model with the same options.
 *
 * Bare loop and greenbench's loop take turns, the order within each pair by chance, so that a machine that others use
 * disturbs both alike; the median of the ratios of pairs counts. `control` pairs the bare loop with a second bare loop:
 * what it is off 1 is noise. Run `npm run build` first.
 *
 *   node perf/loop.mjs [--pairs 100] [--seconds 0.05] [--threads 0] [model.onnx ...]
 */
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import ort from 'onnxruntime-node'
import { quantile } from 'simple-statistics'
import { systemClock } from '../dist/benchmarks/clock.js'
import { LatencyRecorder } from '../dist/benchmarks/latency-recorder.js'
import { syntheticInputs } from '../dist/benchmarks/synthetic-inputs.js'
import { runFor } from '../dist/benchmarks/timed-loop.js'
import { ModelFactory } from '../dist/formats/factory.js'
import { seededRandom } from '../dist/src/core/random.js'
import { OnnxRuntimeSession } from '../dist/src/engines/onnxruntime-session.js'
import { GraphBuilder } from '../dist/src/graph/builder.js'
import { writeOnnx } from '../dist/src/graph/onnx-writer.js'

const { values, positionals } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '0.05' },
    threads: { type: 'string', default: '0' },
  },
  allowPositionals: true,
})
const [pairs, seconds, threads] = [values.pairs, values.seconds, values.threads].map(Number)
const shared = (path) => fileURLToPath(new URL(`../../shared/data/onnx/${path}`, import.meta.url))
const REAL_MODELS = [
  fileURLToPath(new URL('../examples/shapes.onnx', import.meta.url)),
  shared('microsoft__onnxruntime-inference-examples/c_cxx__MNIST__mnist.onnx'),
  shared('microsoft__onnxruntime-inference-examples/mobile__examples__Xamarin__Models__Ultraface.version-RFB-320.onnx'),
  shared('light/light_squeezenet.onnx'),
  shared('light/light_resnet50.onnx'),
].filter(existsSync)

/** Nothing but the call: one element in, one out. */
function trivialModel() {
  const builder = new GraphBuilder('trivial')
  builder.input('x', 'float32', [1])
  builder.output(builder.node('Relu', ['x']), 'float32', [1])
  const graph = builder.build()
  return {
    name: 'trivial (Relu of one number)',
    format: 'built',
    inputs: graph.main.inputs,
    outputs: graph.main.outputs,
    graph,
  }
}

/** All loops share one session of onnxruntime, since two sessions of one model can differ by more than any loop costs. */
async function loopsFor(model) {
  const source = model.isOnnxFile ? model.path : writeOnnx(model.graph)
  const threading = { interOpNumThreads: 1, ...(threads === 0 ? {} : { intraOpNumThreads: threads }) }
  const native = await ort.InferenceSession.create(source, { ...threading, logSeverityLevel: 4 })
  const session = new OnnxRuntimeSession(ort, { session: native, cleanUp: async () => {} }, model, { options: {} })
  const inputs = syntheticInputs(session.inputs, { batchSize: 1 }, 1)
  const pool = { runs: [session.bind(inputs)], next: 0 }
  const recorder = new LatencyRecorder()
  return {
    bare: bareLoop(native, inputs),
    control: bareLoop(native, inputs),
    greenbench: async (duration) => (await runFor(pool, duration, systemClock, recorder)).batches,
    close: () => session.close(),
  }
}

/** The shortest loop that a user of onnxruntime-node would write; it looks at the clock too, to know when to end. */
function bareLoop(session, inputs) {
  const feeds = Object.fromEntries(
    [...inputs].map(([name, { dtype, data, shape }]) => [name, new ort.Tensor(dtype, data, shape)]),
  )
  return async (duration) => {
    const end = performance.now() + duration * 1000
    let batches = 0
    do {
      await session.run(feeds)
      batches++
    } while (performance.now() < end)
    return batches
  }
}

/** Seconds of wall and of processor time per batch. */
async function costOf(loop) {
  const [wall, cpu] = [systemClock.now(), systemClock.cpu()]
  const batches = await loop(seconds)
  return { wall: (systemClock.now() - wall) / batches, cpu: (systemClock.cpu() - cpu) / batches }
}

async function compare(loops, random) {
  const rounds = []
  for (const loop of [loops.bare, loops.control, loops.greenbench]) await loop(seconds)
  for (let pair = 0; pair < pairs; pair++) {
    const round = {}
    const order = ['bare', 'control', 'greenbench'].map((name) => [random(), name]).sort()
    for (const [, name] of order) round[name] = await costOf(loops[name])
    rounds.push(round)
  }
  return rounds
}

const median = (numbers) => quantile(numbers, 0.5)
const ratio = (rounds, name, kind) => median(rounds.map((round) => round[name][kind] / round.bare[kind]))
/** Of the quietest tenth of the blocks, which others hardly disturbed. */
const quiet = (rounds, name, kind) =>
  quantile(
    rounds.map((round) => round[name][kind]),
    0.1,
  )
const quietRatio = (rounds, name, kind) => quiet(rounds, name, kind) / quiet(rounds, 'bare', kind)
const added = (rounds, name, kind) => median(rounds.map((round) => round[name][kind] - round.bare[kind])) * 1e6
const show = (number, digits) => number.toFixed(digits)

const random = seededRandom(1)
const factory = ModelFactory.withPredefinedFormats()
const paths = positionals.length > 0 ? positionals : REAL_MODELS
const models = [trivialModel(), ...(await Promise.all(paths.map((path) => factory.open(path))))]
const table = {}
for (const model of models) {
  const loops = await loopsFor(model)
  const rounds = await compare(loops, random)
  await loops.close()
  table[basename(model.name).slice(0, 40)] = {
    'bare us': show(median(rounds.map(({ bare }) => bare.wall)) * 1e6, 1),
    'wall ratio': show(ratio(rounds, 'greenbench', 'wall'), 4),
    '(control)': show(ratio(rounds, 'control', 'wall'), 4),
    'of quietest': show(quietRatio(rounds, 'greenbench', 'wall'), 4),
    'cpu ratio': show(ratio(rounds, 'greenbench', 'cpu'), 4),
    '(control) ': show(ratio(rounds, 'control', 'cpu'), 4),
    'added us': show(added(rounds, 'greenbench', 'wall'), 2),
  }
}
console.log(`medians of ${pairs} pairs of ${seconds} s; ratio: greenbench by bare loop\n`)
console.table(table)
