/**
 * How long Keras and TensorFlow files take until they are ready to run, and how much memory: against onnxruntime-node
 * alone opening the same graph as one ONNX file. Each reading is a process of its own, timed from its first line; subjects
 * take turns, so that a machine that others use disturbs all alike.
 *
 *   node perf/load.mjs [--rounds 9] [--against other/dist] [model ...]
 *
 * Without models: those of `perf/models`, which `perf/make-keras-models.py` makes. The twin is written from the first
 * model as `greenbench convert` does. `--against` measures another build of greenbench in the same rounds.
 *
 * Targets for ResNet-50: at most 1.5 times onnxruntime's time plus 300 ms, and a peak of 3 times the weights.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const MODELS = fileURLToPath(new URL('models', import.meta.url))

/** Bytes of the most memory that this process ever held; only Linux tells. */
function peakBytes() {
  const [, kilobytes = Number.NaN] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

/** What the measured processes do; each ends ready to run. */
const READY = {
  async onnxruntime(path) {
    const { default: library } = await import('onnxruntime-node')
    await library.InferenceSession.create(path, { interOpNumThreads: 1, logSeverityLevel: 4 })
  },
  async greenbench(path, dist) {
    const { ModelFactory } = await import(join(dist, 'formats/index.js'))
    const { engineFor } = await import(join(dist, 'src/engines/index.js'))
    const model = await ModelFactory.withPredefinedFormats().open(path)
    await engineFor(model).load(model, { threads: 0 })
  },
}

async function beReady([how, path, dist]) {
  await READY[how](path, dist)
  process.stdout.write(JSON.stringify({ seconds: performance.now() / 1000 - START, peak: peakBytes() }))
  process.exit(0)
}

function measure({ args }) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--ready', ...args], { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(`${args.join(' ')}: ${child.stderr}`)
  return JSON.parse(child.stdout)
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** @returns bytes of all weights of the graph; writes it as ONNX to `path` */
async function writeTwin(model, path) {
  const { ModelFactory } = await import(join(DIST, 'formats/index.js'))
  const { writeOnnxFile } = await import(join(DIST, 'src/graph/index.js'))
  const { graph } = await ModelFactory.withPredefinedFormats().open(model)
  await writeOnnxFile(graph, path)
  let bytes = 0
  for (const { data } of graph.main.initializers.values()) bytes += data.byteLength
  return bytes
}

function subjectsOf(models, twin, against) {
  const subjects = [{ name: 'onnxruntime, ONNX', args: ['onnxruntime', twin] }]
  for (const model of models) {
    subjects.push({ name: basename(model), args: ['greenbench', model, DIST] })
    if (against !== undefined)
      subjects.push({ name: `${basename(model)}, other`, args: ['greenbench', model, against] })
  }
  return subjects
}

function report(subjects, results, weights) {
  const [base] = results
  console.log(`weights: ${(weights / 1e6).toFixed(1)} MB; medians of ${base.length} rounds`)
  console.log(`${'ready to run'.padEnd(34)}    time     limit       peak   of weights`)
  for (const [index, { name }] of subjects.entries()) {
    const seconds = median(results[index].map((run) => run.seconds))
    const limit = median(base.map((run) => 1.5 * run.seconds + 0.3))
    const peak = median(results[index].map((run) => run.peak))
    const isMet = seconds <= limit && peak <= 3 * weights
    const figures = [
      `${(1000 * seconds).toFixed(0)} ms`.padStart(8),
      (index === 0 ? '' : `${(1000 * limit).toFixed(0)} ms`).padStart(8),
      `${(peak / 1e6).toFixed(0)} MB`.padStart(8),
      `${(peak / weights).toFixed(2)}x`.padStart(8),
    ]
    const verdict = index === 0 ? '' : isMet ? 'within the targets' : 'ABOVE THE TARGETS'
    console.log(`${name.padEnd(34)}${figures.join('  ')}     ${verdict}`)
  }
}

const START = performance.now() / 1000
if (process.argv[2] === '--ready') await beReady(process.argv.slice(3))

const options = { rounds: { type: 'string', default: '9' }, against: { type: 'string' } }
const { values, positionals } = parseArgs({ options, allowPositionals: true })
const found = existsSync(MODELS) ? readdirSync(MODELS).map((name) => join(MODELS, name)) : []
const models = (positionals.length > 0 ? positionals : found).map((path) => resolve(path))
if (models.length === 0) {
  console.log('no models: make them with perf/make-keras-models.py, or name some')
  process.exit(0)
}
const folder = mkdtempSync(join(tmpdir(), 'greenbench-load-'))
try {
  const twin = join(folder, 'twin.onnx')
  const weights = await writeTwin(models[0], twin)
  const subjects = subjectsOf(models, twin, values.against && resolve(values.against))
  const results = subjects.map(() => [])
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [index, subject] of subjects.entries()) {
      const result = measure(subject)
      if (round >= 0) results[index].push(result)
    }
  }
  report(subjects, results, weights)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
