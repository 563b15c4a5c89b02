/**
 * greenbench's side of perf/training.mjs: takes training steps when told to, and tells how long each took.
 *
 *   node perf/training-step.mjs MODEL BATCH THREADS [plain|blocked] [profile-prefix]
 *
 * Each line of the input is a number of steps; each line of the output their seconds and the process's memory, as JSON.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import ort from 'onnxruntime-node'
import { ModelFactory } from '../dist/formats/factory.js'
import { seededRandom } from '../dist/src/core/random.js'
import { channelBlock } from '../dist/src/engines/channel-block.js'
import { openInPlace } from '../dist/src/engines/in-place.js'
import { writeOnnx } from '../dist/src/graph/onnx-writer.js'
import { packWeight } from '../dist/src/training/blocked/weight-layout.js'
import { buildStepGraphs } from '../dist/src/training/step-graph.js'

const [path, batch, threads, plain, profile] = process.argv.slice(2)
const memory = (key) =>
  Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
const baseline = memory('VmRSS')

const { graph: model } = await ModelFactory.withPredefinedFormats().open(path)
const block = plain === 'plain' ? undefined : await channelBlock(ort)
const graphs = buildStepGraphs(model, {
  batchSize: Number(batch),
  loss: { kind: 'softmax-cross-entropy' },
  batchNormalization: 'batch',
  optimizer: { kind: 'sgd', momentum: 0.9 },
  accumulates: false,
  ...(block === undefined ? {} : { channelBlock: block }),
})
const { step } = graphs
const session = await (profile === undefined
  ? openInPlace('training', step.graph, { threads: Number(threads) })
  : ort.InferenceSession.create(writeOnnx(step.graph), {
      intraOpNumThreads: Number(threads),
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      enableMemPattern: false,
      enableProfiling: true,
      profileFilePrefix: profile,
    }))

const random = seededRandom(7)
const float = (shape, fill) => new ort.Tensor('float32', fill, shape)
const countOf = (shape) => shape.reduce((product, size) => product * size, 1)
const feeds = {
  [step.scalars.rate]: new ort.Tensor('float64', Float64Array.of(0.01), []),
  [graphs.target.name]: new ort.Tensor(
    'int64',
    BigInt64Array.from({ length: Number(batch) }, () => BigInt(Math.floor(random() * 10))),
    graphs.target.shape,
  ),
}
const [{ name: image, type }] = step.graph.main.inputs
feeds[image] = float(type.shape, Float32Array.from({ length: countOf(type.shape) }, random))

/** Two buffers for each value that a step changes: one is read, the other written, in turn. */
const fetches = {}
const pairs = step.moved.map(({ name, next, shape, initializer, layout }) => {
  const plain = initializer && new Float32Array(initializer.data.read().slice().buffer)
  const packed = plain && layout ? packWeight(plain, layout) : plain
  const start = packed ?? new Float32Array(countOf(shape))
  return { name, next, buffers: [float(shape, start), float(shape, new Float32Array(start.length))] }
})

/** The loss. */
async function run() {
  if (profile === undefined) return (await session.run(feeds, fetches, [graphs.loss])).get(graphs.loss)
  return (await session.run(feeds, { [graphs.loss]: null, ...fetches }))[graphs.loss]
}

let turn = 0
async function takeStep() {
  for (const { name, next, buffers } of pairs) {
    feeds[name] = buffers[turn]
    fetches[next] = buffers[1 - turn]
  }
  turn = 1 - turn
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const loss = await run()
  const { user, system } = process.cpuUsage(cpu)
  return [(performance.now() - start) / 1000, (user + system) / 1e6, loss.data[0]]
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break
  const taken = []
  for (let count = Number(line); count > 0; count--) taken.push(await takeStep())
  const [seconds, cpu] = [0, 1].map((place) => taken.map((entry) => entry[place]))
  const answer = { seconds, cpu, loss: taken.at(-1)[2], baseline, peak: memory('VmHWM') }
  console.log(JSON.stringify(answer))
}
if (profile !== undefined) session.endProfiling()
await (session.close ?? session.release).call(session)
process.exit(0)
