/**
 * The same Keras models on every engine that is there, in turn: aims at an onnxruntime that is at least as fast as the
 * best of the others.
 *
 *   python perf/make-engine-models.py
 *   node perf/engines.mjs [folder] [--threads 1] [--seconds 20]
 *
 * Engines run in windows of one second, there and back, in an order drawn anew for each round; figures are seconds per batch by those of
 * onnxruntime in the same round, geometric mean with its 95% interval. Above 1: onnxruntime is faster. TensorFlow.js gets
 * its best: convolutions with bias, normalisation and activation joined, channels last throughout, SIMD on WebAssembly.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { compareModels } from '../dist/benchmarks/compare-models.js'
import { probeEngines } from '../dist/src/engines/probe-engines.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: 'string', default: '0' }, seconds: { type: 'string', default: '20' } },
})
const [folder = fileURLToPath(new URL('engine-models', import.meta.url))] = positionals
if (!existsSync(folder)) {
  console.log(`no folder ${folder}: python perf/make-engine-models.py makes the models`)
  process.exit(0)
}
const found = await probeEngines()
for (const { name, isUsable, reason } of found) if (!isUsable) console.log(`${name} is left out: ${reason}`)
const engineNames = found.filter(({ isUsable }) => isUsable).map(({ name }) => name)
if (engineNames.length < 2) process.exit(0)

console.log(['model'.padEnd(18), ...engineNames.map((name) => name.padStart(32))].join(''))
for (const file of readdirSync(folder).filter((name) => name.endsWith('.h5'))) {
  const [comparison] = await compareModels({
    models: [join(folder, file)],
    engineNames,
    engine: { threads: Number(values.threads) },
    synthetic: true,
    profilers: ['none'],
    minDuration: 1,
    maxDuration: Number(values.seconds),
    warmupDuration: 3,
  })
  const cells = comparison.competitors.map(({ timeRatio, blocks }) => {
    const milliseconds = [...blocks].map(({ secondsPerBatch }) => 1000 * secondsPerBatch).sort((a, b) => a - b)
    const middle = milliseconds[Math.floor(milliseconds.length / 2)].toFixed(1)
    if (timeRatio === undefined) return `${middle} ms`
    const [ratio, low, high] = [timeRatio.ratio, timeRatio.low, timeRatio.high].map((value) => value.toFixed(2))
    return `${middle} ms, ${ratio}x (${low} to ${high})`
  })
  console.log([file.replace(/\.h5$/, '').padEnd(18), ...cells.map((cell) => cell.padStart(32))].join(''))
}
