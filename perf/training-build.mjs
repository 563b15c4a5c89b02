// How long it takes to make the graph of a training step, and to open its session: ResNet-50 and what else is named.
// node perf/training-build.mjs [model.onnx ...]
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ModelFactory } from '../dist/formats/index.js'
import { channelBlock } from '../dist/src/engines/channel-block.js'
import { openInPlace } from '../dist/src/engines/index.js'
import { loadOnnxRuntime } from '../dist/src/engines/onnxruntime-library.js'
import { chooseLoss } from '../dist/src/training/loss-choice.js'
import { prepareModel } from '../dist/src/training/preparation/prepare-model.js'
import { buildStepGraphs } from '../dist/src/training/step-graph.js'

const RUNS = 5
const BATCH = 16
const resnet = fileURLToPath(new URL('../../shared/data/onnx/light/light_resnet50.onnx', import.meta.url))
const files = process.argv.length > 2 ? process.argv.slice(2) : [resnet]

const SETTINGS = {
  batchSize: BATCH,
  seed: 1,
  batchNormalization: 'batch',
  optimizer: { kind: 'sgd', momentum: 0.9 },
  rowWeights: true,
  accumulates: false,
}
const block = await channelBlock(await loadOnnxRuntime())
if (block !== undefined) SETTINGS.channelBlock = block

async function timed(work) {
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const seconds = (values) =>
  `${(median(values) / 1000).toFixed(2)} s (best ${(Math.min(...values) / 1000).toFixed(2)} s)`

for (const file of files.filter((path) => existsSync(path) || console.error(`${path} is not here`))) {
  const { graph, name } = await ModelFactory.withPredefinedFormats().open(file)
  const [builds, sessions] = [[], []]
  let nodes = 0
  for (let run = 0; run < RUNS; run += 1) {
    const [built, step] = await timed(() => {
      const { trained } = prepareModel(graph, SETTINGS)
      const loss = { kind: chooseLoss(trained, SETTINGS) }
      return buildStepGraphs(trained, { ...SETTINGS, loss }).step
    })
    const [opened, session] = await timed(() => openInPlace(name, step.graph, { threads: 2 }))
    await session.close()
    builds.push(built)
    sessions.push(opened)
    nodes = step.graph.main.nodes.length
  }
  console.log(`${name}, batch ${BATCH}: ${nodes} nodes, built in ${seconds(builds)}, opened in ${seconds(sessions)}`)
}
