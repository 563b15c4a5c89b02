/**
 * Shows that `greenbench inspect` costs the same however large the weights are: files of 600 MB and of more than 2 GiB
 * against an empty `node -e ''`, run in turns so that a busy machine disturbs all alike.
 *
 *   node perf/inspect.mjs [runs]
 *
 * Targets: at most 150 ms more than Node itself, and at most 100 MB of memory.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeBigOnnx } from './make-big-onnx.mjs'

const PRELOAD = fileURLToPath(new URL('resource-usage.cjs', import.meta.url))
const CLI = fileURLToPath(new URL('../bin/greenbench.js', import.meta.url))
const MOST_EXTRA_SECONDS = 0.15
const MOST_BYTES = 100e6

/** @returns wall and CPU seconds and peak bytes of one process, and what it printed */
function measure(args) {
  const start = process.hrtime.bigint()
  const child = spawnSync(process.execPath, ['--require', PRELOAD, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const wallSeconds = Number(process.hrtime.bigint() - start) / 1e9
  if (child.status !== 0) throw new Error(`node ${args.join(' ')} ended with ${child.status}: ${child.stderr}`)
  return { wallSeconds, ...JSON.parse(child.output[3].toString()), stdout: child.stdout.toString() }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const milliseconds = (seconds) => `${(1000 * seconds).toFixed(0)} ms`.padStart(8)
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`.padStart(8)

/** @returns what is measured, by name: arguments of Node, and the parameters that must come out */
function subjects(folder) {
  const files = [
    { name: 'inspect, 4 MB', megabytes: 4, hole: false },
    { name: 'inspect, 600 MB', megabytes: 600, hole: false },
    { name: 'inspect, 3 GB (holes)', megabytes: 3000, hole: true },
  ]
  const inspected = files.map((file, index) => {
    const path = join(folder, `${index}.onnx`)
    const { parameters } = makeBigOnnx(path, file.megabytes, file.hole)
    return { name: file.name, args: [CLI, 'inspect', path, '--json', '-'], parameters, bytes: statSync(path).size }
  })
  return [{ name: "node -e ''", args: ['-e', ''], bytes: 0 }, ...inspected]
}

function check({ parameters }, { stdout }) {
  if (parameters === undefined) return
  const total = JSON.parse(stdout).counts.parameters.total
  if (total !== parameters) throw new Error(`inspect counts ${total} parameters, the file has ${parameters}`)
}

function report(subject, runs, baseline) {
  const extra = median(runs.map((run, index) => run.wallSeconds - baseline[index].wallSeconds))
  const extraCpu = median(runs.map((run, index) => run.cpuSeconds - baseline[index].cpuSeconds))
  const peak = median(runs.map((run) => run.peakBytes))
  const isMet = extra <= MOST_EXTRA_SECONDS && peak <= MOST_BYTES
  const wall = median(runs.map((run) => run.wallSeconds))
  const figures = [milliseconds(wall), milliseconds(extra), milliseconds(extraCpu), megabytes(peak)]
  console.log(`${subject.name.padEnd(24)}${figures.join('  ')}  ${isMet ? 'within the targets' : 'ABOVE THE TARGETS'}`)
}

const runs = Number(process.argv[2] ?? 15)
const folder = mkdtempSync(join(tmpdir(), 'greenbench-inspect-'))
try {
  const all = subjects(folder)
  const results = all.map(() => [])
  for (let run = -1; run < runs; run++) {
    for (const [index, subject] of all.entries()) {
      const result = measure(subject.args)
      check(subject, result)
      if (run >= 0) results[index].push(result)
    }
  }
  console.log(`medians of ${runs} runs each, in turns; extra: paired difference to node -e ''`)
  console.log(`${''.padEnd(24)}    wall     extra  extra CPU     peak`)
  for (const [index, subject] of all.entries()) report(subject, results[index], results[0])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
