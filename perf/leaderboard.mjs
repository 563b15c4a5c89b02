/**
 * How long a leaderboard of many records takes. Target: 10,000 records in 5 s, in at most 1 GB of memory.
 *
 * A few records are measured here, of quick and slow batches, of several batch sizes, of a comparison and of a training; or
 * they come from `--from`. The others are copies of them, each a file of its own with other models, machines and figures,
 * and samples of the length and form in which greenbench wrote them. `read` is the time of only reading all files and
 * parsing them as JSON, on one thread; `--against` builds with another checkout in the same rounds. Run `npm run build` first.
 *
 *   node perf/leaderboard.mjs [--records 10000] [--rounds 3] [--from folder/of/records] [--against other/checkout]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/src/core/random.js'
import { recordsToJson } from '../dist/src/results/record-file.js'

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    from: { type: 'string' },
    against: { type: 'string' },
  },
})
const [count, rounds] = [values.records, values.rounds].map(Number)
const checkout = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'greenbench-leaderboard-'))
const random = seededRandom(1)

try {
  const results = join(folder, 'results')
  mkdirSync(results)
  const templates = (values.from === undefined ? measured() : readAll(values.from)).map(templateOf)
  for (let index = 0; index < count; index++) writeCopy(results, templates, index)
  const sizes = readdirSync(results).map((name) => statSync(join(results, name)).size)
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6
  const each = templates.map((text) => Math.round(text.length / 1000)).join(', ')
  console.log(`${count} records, ${megabytes.toFixed(0)} MB: copies of ${templates.length}, of ${each} kB`)
  for (let round = 0; round < rounds; round++) measureRound(results)
  console.log(`the leaderboard has ${(statSync(join(folder, 'board.json')).size / 1e6).toFixed(0)} MB`)
} finally {
  // With KEEP=1 the records and the leaderboard stay, for `perf/site.mjs`.
  if (process.env.KEEP === undefined) rmSync(folder, { recursive: true, force: true })
  else console.log(`kept in ${folder}`)
}

function measureRound(results) {
  const start = performance.now()
  for (const name of readdirSync(results)) JSON.parse(readFileSync(join(results, name), 'utf8'))
  const read = (performance.now() - start) / 1000
  const board = join(folder, 'board.json')
  const build = () => greenbench(checkout, ['leaderboard', 'build', results, '-o', board, '--quiet'])
  const subjects = [
    ['build', build],
    ...(values.against === undefined
      ? []
      : [['other', () => greenbench(values.against, ['leaderboard', 'build', results, '-o', board, '--quiet'])]]),
    ['validate', () => greenbench(checkout, ['leaderboard', 'validate', board])],
  ]
  const shown = subjects.map(([name, action]) => `${name} ${costText(action())}`)
  console.log([`read ${read.toFixed(2)} s`, ...shown].join('   '))
}

function costText({ seconds, cpuSeconds, peakBytes }) {
  return `${seconds.toFixed(2)} s (CPU ${cpuSeconds.toFixed(2)} s, ${(peakBytes / 1e6).toFixed(0)} MB)`
}

/** @returns seconds by the clock and of CPU time, and the most memory that the process held */
function greenbench(from, args) {
  const start = performance.now()
  const child = spawnSync(
    process.execPath,
    ['--require', join(checkout, 'perf/resource-usage.cjs'), join(from, 'bin/greenbench.js'), ...args],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  )
  const seconds = (performance.now() - start) / 1000
  if (child.status !== 0) throw new Error(child.stderr.toString())
  return { seconds, ...JSON.parse(child.output[3].toString()) }
}

/** Records of a few seconds each, in the files that greenbench wrote. */
function measured() {
  const [model, images] = ['examples/shapes.onnx', 'examples/images'].map((name) => join(checkout, name))
  const made = join(folder, 'measured')
  mkdirSync(made)
  const timed = ['--max-duration', '6s', '--quiet']
  const runs = [
    [model, '--images', images, ...timed],
    [model, '--synthetic', '--batch', '1,16', ...timed],
    [model, '--synthetic', '--batch', '64', ...timed],
    [model, '--synthetic', '--batch', '256', ...timed],
    [model, '--synthetic', '--engine', 'onnxruntime,tfjs-wasm', ...timed],
    ['train', model, '--images', images, '--epochs', '20', '--quiet'],
  ]
  for (const [index, args] of runs.entries()) greenbench(checkout, [...args, '--json', join(made, `${index}.json`)])
  return readAll(made)
}

function readAll(from) {
  const names = readdirSync(from).filter((name) => name.endsWith('.json'))
  return names.map((name) => JSON.parse(readFileSync(join(from, name), 'utf8')))
}

/**
 * A file as text with marks where its copies differ. Energy counts as measured, so that copies are ranked.
 *
 * @returns the text of such a file
 */
function templateOf(json) {
  const records = Array.isArray(json) ? json : [json]
  const runs = records.flatMap((record) => (record.kind === 'comparison' ? record.records : [record]))
  for (const [place, run] of runs.entries()) {
    const { model, host, energy } = run
    if (run.kind !== 'training' && run.kind !== 'inference') continue
    run.id = `@id@-${place}`
    run.startedAt = '2026-01-01T00:00:00.000Z'
    model.name = '@model@'
    model.sha256 = 'd'.repeat(64)
    host.cpu.model = '@cpu@'
    if (energy === undefined) continue
    Object.assign(energy, { kind: 'measured', measuredShare: 1 })
    for (const domain of energy.domains) domain.kind = 'measured'
    const figures = run.kind === 'training' ? [energy.perEpoch] : [energy.perInference, energy.gross]
    for (const figure of figures)
      if (figure !== undefined) Object.assign(figure, { joules: 11e-9, low: 10e-9, high: 12e-9 })
    if (run.kind !== 'training') energy.window.inferences = 1
  }
  return recordsToJson(records)
}

/** Twenty machines, three runs of each model. */
function writeCopy(results, templates, index) {
  const kind = index % templates.length
  const model = Math.floor(index / (3 * templates.length)) * templates.length + kind
  const joules = 0.1 * 10 ** (random() * 2)
  const values = {
    '@id@': `record-${index}`,
    '@model@': `model-${model}`,
    '@cpu@': `Example CPU ${model % 20}`,
    ['d'.repeat(64)]: model.toString(16).padStart(64, '0'),
    '2026-01-01T00:00:00.000Z': new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
    '1.1e-8': String(joules),
    '1e-8': String(joules * 0.98),
    '1.2e-8': String(joules * 1.02),
  }
  const marks = /@(?:id|model|cpu)@|d{64}|2026-01-01T00:00:00\.000Z|\b1(?:\.[12])?e-8\b/g
  writeFileSync(
    join(results, `record-${index}.json`),
    templates[kind].replace(marks, (mark) => values[mark]),
  )
}
