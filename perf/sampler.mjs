/**
 * Shows what reading the sensors in the background costs: CPU time, start and memory of the sampling thread, beside threads
 * of a few lines that only wake up as often, or read four files, or append a line as well; in turns, so that a busy machine
 * disturbs all alike.
 *
 *   node perf/sampler.mjs [rounds] [folder of another build's dist]
 *
 * Targets at 10 readings a second: at most 1 ms of CPU a second, 50 ms to start, 30 MB of memory. With another build its
 * rapl takes turns with this one's. Starting is told in CPU time of the process and in wall time. The last column is the
 * median of the ratios to the waking thread of the same round.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { EstimateProfiler, monotonicClock, RaplProfiler, startSampling } from '../dist/profilers/index.js'
import { TraceFile } from '../dist/profilers/trace-file.js'

const INTERVAL = 0.1
const SECONDS = 4

const ZONES = {
  'intel-rapl:0': 'package-0',
  'intel-rapl:0:0': 'core',
  'intel-rapl:0:1': 'dram',
  'intel-rapl:1': 'psys',
}

/** A folder shaped like `/` with four RAPL zones. */
function raplRoot() {
  const root = mkdtempSync(join(tmpdir(), 'greenbench-perf-'))
  for (const [folder, name] of Object.entries(ZONES)) {
    const zone = join(root, 'sys/class/powercap', folder)
    mkdirSync(zone, { recursive: true })
    for (const [file, text] of [
      ['name', name],
      ['energy_uj', '123456789'],
      ['max_energy_range_uj', '262143328850'],
    ])
      writeFileSync(join(zone, file), `${text}\n`)
  }
  return root
}

const residentBytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
const onCpu = (task) => Number(readFileSync(`/proc/${task}/schedstat`, 'utf8').split(' ')[0]) * 1e-9

/**
 * Starts a thread that does nothing but wake up and what `turn` says: the floor of what any thread costs that does so. It
 * runs for 10 ms before it first sleeps, so that its code is compiled.
 */
const bareThread =
  (turn = '', prepare = '') =>
  async () => {
    const source = `const fs = require('node:fs')
      const root = ${JSON.stringify(root)}
      ${prepare}
      const turn = () => { ${turn} }
      for (const end = performance.now() + 10; performance.now() < end; ) turn()
      require('node:worker_threads').parentPort.postMessage(fs.readlinkSync('/proc/thread-self'))
      const never = new Int32Array(new SharedArrayBuffer(4))
      for (;;) { Atomics.wait(never, 0, 0, ${INTERVAL * 1000}); turn() }`
    const worker = new Worker(source, { eval: true })
    const task = await new Promise((resolve) => worker.once('message', resolve))
    return { cpuSeconds: () => onCpu(task), close: () => worker.terminate() }
  }

const OPEN_ZONES = `const bytes = Buffer.alloc(4096)
  const zones = ${JSON.stringify(Object.keys(ZONES))}.map((zone) => fs.openSync(root + '/sys/class/powercap/' + zone + '/energy_uj'))`
const READ_ZONES = 'for (const zone of zones) fs.readSync(zone, bytes, 0, 4096, 0)'
const OPEN_LINES = `const line = Buffer.from('x'.repeat(90) + '\\n'); const lines = fs.openSync(root + '/lines', 'a')`

async function startProfiler(profiler, trace, start = startSampling) {
  await profiler.probe()
  return () => start([{ profiler, interval: INTERVAL }], monotonicClock, trace)
}

async function startOther(dist) {
  const other = await import(pathToFileURL(join(dist, 'profilers/index.js')).href)
  const start = (ownTrace) => startProfiler(new other.RaplProfiler({ root }), ownTrace, other.startSampling)
  return { 'rapl, the other build': await start(), '..., with a trace': await start(trace) }
}

async function measure(start) {
  const before = residentBytes()
  const usageBefore = process.cpuUsage()
  const startedAt = performance.now()
  const running = await start()
  const startSeconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(usageBefore)
  await sleep(200)
  const cpuBefore = running.cpuSeconds()
  await sleep(SECONDS * 1000)
  const cpuPerSecond = (running.cpuSeconds() - cpuBefore) / SECONDS
  const bytes = residentBytes() - before
  await running.close()
  return { cpuPerSecond, startCpuSeconds: (user + system) * 1e-6, startSeconds, bytes }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

const rounds = Number(process.argv[2] ?? 3)
const [, , , otherDist] = process.argv
const root = raplRoot()
const trace = TraceFile.create(join(root, 'trace.jsonl'))
const subjects = {
  'a thread that only wakes up': bareThread(),
  '... and reads four files': bareThread(READ_ZONES, OPEN_ZONES),
  '... and appends a line': bareThread(`${READ_ZONES}; fs.writeSync(lines, line)`, `${OPEN_ZONES}; ${OPEN_LINES}`),
  'rapl, four zones': await startProfiler(new RaplProfiler({ root })),
  'rapl, with a trace': await startProfiler(new RaplProfiler({ root }), trace),
  ...(otherDist === undefined ? {} : await startOther(otherDist)),
  'estimate of this machine': await startProfiler(new EstimateProfiler()),
}
const results = new Map(Object.keys(subjects).map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const [name, start] of Object.entries(subjects)) results.get(name).push(await measure(start))
}
trace.close()
rmSync(root, { recursive: true })
const floors = results.get('a thread that only wakes up').map(({ cpuPerSecond }) => cpuPerSecond)
for (const [name, samples] of results) {
  const figure = (key, scale, unit) =>
    `${(median(samples.map((one) => one[key])) * scale).toFixed(2)} ${unit}`.padStart(12)
  console.log(
    name.padEnd(30),
    figure('cpuPerSecond', 1000, 'ms/s'),
    figure('startCpuSeconds', 1000, 'ms CPU to start'),
    figure('startSeconds', 1000, 'ms'),
    figure('bytes', 1e-6, 'MB'),
    `${median(samples.map(({ cpuPerSecond }, round) => cpuPerSecond / floors[round])).toFixed(2)}x`.padStart(8),
  )
}
