/**
 * How long a leaderboard of many records takes. Target: 10,000 records in 5 s.
 *
 * One record is measured here; the others are made from it by chance: other models, machines, figures and samples, each a
 * file of its own. `read` is the time of only reading all files and parsing them as JSON, on one thread. Run
 * `npm run build` first.
 *
 *   node perf/leaderboard.mjs [--records 10000] [--samples 1000] [--rounds 3]
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/src/core/random.js'

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '10000' },
    samples: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
})
const [count, samples, rounds] = [values.records, values.samples, values.rounds].map(Number)
const checkout = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'greenbench-leaderboard-'))
const random = seededRandom(1)

try {
  const results = join(folder, 'results')
  mkdirSync(results)
  writeRecords(results, measured(join(folder, 'one.json')))
  const sizes = readdirSync(results).map((name) => statSync(join(results, name)).size)
  console.log(`${count} records, ${(sizes.reduce((sum, size) => sum + size, 0) / 1e6).toFixed(0)} MB`)
  for (let round = 0; round < rounds; round++) {
    const read = secondsOf(() => {
      for (const name of readdirSync(results)) JSON.parse(readFileSync(join(results, name), 'utf8'))
    })
    const build = secondsOf(() => greenbench(['leaderboard', 'build', results, '-o', join(folder, 'board.json')]))
    const validate = secondsOf(() => greenbench(['leaderboard', 'validate', join(folder, 'board.json')]))
    console.log(
      `read ${read.toFixed(2)} s   build ${build.toFixed(2)} s, ${(build / read).toFixed(2)} x read   validate ${validate.toFixed(2)} s`,
    )
  }
  console.log(`the leaderboard has ${(statSync(join(folder, 'board.json')).size / 1e6).toFixed(0)} MB`)
} finally {
  // With KEEP=1 the records and the leaderboard stay, for `perf/site.mjs`.
  if (process.env.KEEP === undefined) rmSync(folder, { recursive: true, force: true })
  else console.log(`kept in ${folder}`)
}

function greenbench(args) {
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'bin/greenbench.js'), ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
}

function secondsOf(action) {
  const start = performance.now()
  action()
  return (performance.now() - start) / 1000
}

function measured(path) {
  const [model, images] = ['examples/shapes.onnx', 'examples/images'].map((name) => join(checkout, name))
  greenbench([model, '--images', images, '--min-duration', '1', '--max-duration', '3', '--json', path, '--quiet'])
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Twenty machines, four batch sizes, three runs of each model. */
function writeRecords(results, real) {
  for (let index = 0; index < count; index++) {
    const record = structuredClone(real)
    const model = Math.floor(index / 3)
    record.id = `record-${index}`
    record.startedAt = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString()
    record.model.name = `model-${model}`
    record.model.sha256 = model.toString(16).padStart(64, '0')
    record.host.cpu.model = `Example CPU ${model % 20}`
    record.batchSize = 4 ** (model % 4)
    const joules = 0.1 * 10 ** (random() * 2)
    record.energy.kind = 'measured'
    record.energy.measuredShare = 1
    for (const domain of record.energy.domains) domain.kind = 'measured'
    record.energy.perInference = { joules, low: joules * 0.98, high: joules * 1.02 }
    record.accuracy.top1 = random()
    record.samples.latencySeconds = Array.from({ length: samples }, () => 0.02 + random() / 1000)
    writeFileSync(join(results, `${record.id}.json`), JSON.stringify(record, undefined, 1))
  }
}
