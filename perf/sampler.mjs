/**
 * Shows what reading the sensors in the background costs: CPU time, start and memory of the sampling thread, beside a
 * thread that only wakes up as often, in turns so that a busy machine disturbs all alike.
 *
 *   node perf/sampler.mjs [rounds] [folder of another build's dist]
 *
 * Targets at 10 readings a second: at most 1 ms of CPU a second, 50 ms to start, 30 MB of memory. With another build its
 * rapl takes turns with this one's. The last column is the median of the ratios to the waking thread of the same round.
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

/** Starts a thread that does nothing but wake up; the floor of what any thread costs. */
async function startWaker() {
  const source = `const { parentPort } = require('node:worker_threads')
    parentPort.postMessage(require('node:fs').readlinkSync('/proc/thread-self'))
    const never = new Int32Array(new SharedArrayBuffer(4))
    for (;;) Atomics.wait(never, 0, 0, ${INTERVAL * 1000})`
  const worker = new Worker(source, { eval: true })
  const task = await new Promise((resolve) => worker.once('message', resolve))
  return { cpuSeconds: () => onCpu(task), close: () => worker.terminate() }
}

async function startProfiler(profiler, trace, start = startSampling) {
  await profiler.probe()
  return () => start([{ profiler, interval: INTERVAL }], monotonicClock, trace)
}

async function startOther(dist, root) {
  const other = await import(pathToFileURL(join(dist, 'profilers/index.js')).href)
  return startProfiler(new other.RaplProfiler({ root }), undefined, other.startSampling)
}

async function measure(start) {
  const before = residentBytes()
  const startedAt = performance.now()
  const running = await start()
  const startSeconds = (performance.now() - startedAt) / 1000
  await sleep(200)
  const cpuBefore = running.cpuSeconds()
  await sleep(SECONDS * 1000)
  const cpuPerSecond = (running.cpuSeconds() - cpuBefore) / SECONDS
  const bytes = residentBytes() - before
  await running.close()
  return { cpuPerSecond, startSeconds, bytes }
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

const rounds = Number(process.argv[2] ?? 3)
const [, , , otherDist] = process.argv
const root = raplRoot()
const trace = TraceFile.create(join(root, 'trace.jsonl'))
const subjects = {
  'a thread that only wakes up': startWaker,
  'rapl, four zones': await startProfiler(new RaplProfiler({ root })),
  ...(otherDist === undefined ? {} : { 'rapl, the other build': await startOther(otherDist, root) }),
  'rapl, with a trace': await startProfiler(new RaplProfiler({ root }), trace),
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
    figure('startSeconds', 1000, 'ms start'),
    figure('bytes', 1e-6, 'MB'),
    `${median(samples.map(({ cpuPerSecond }, round) => cpuPerSecond / floors[round])).toFixed(2)}x`.padStart(8),
  )
}
