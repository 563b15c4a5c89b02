// Looks at every energy sensor of this machine, lets it idle and work for a while, and writes what they said as a report
// that can be pasted into an issue. Needs a build: npm run check:hardware -- [--idle 60] [--load 60] [--output report.md]
import { writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { crossChecks } from '../dist/benchmarks/cross-check.js'
import { describeVirtualisation, detectProfilers, openMeter, readVirtualisation } from '../dist/profilers/index.js'

const { values } = parseArgs({
  options: {
    idle: { type: 'string', default: '60' },
    load: { type: 'string', default: '60' },
    gpu: { type: 'string' },
    'power-log': { type: 'string' },
    output: { type: 'string', default: 'hardware-report.md' },
  },
})
const durations = { idle: Number(values.idle), load: Number(values.load) }
if (!Object.values(durations).every((seconds) => seconds >= 1 && seconds <= 3600)) {
  console.error('check-hardware: --idle and --load are seconds, from 1 to 3600')
  process.exit(2)
}
const choice = {
  ...(values.gpu === undefined ? {} : { gpus: values.gpu.split(',') }),
  ...(values['power-log'] === undefined ? {} : { powerLog: values['power-log'] }),
}

console.error('looking at every sensor ...')
const detections = await detectProfilers(choice)
const usable = detections.filter(({ isAvailable }) => isAvailable).map(({ name }) => name)
const runs = usable.length === 0 ? [] : await measureBoth(usable)
const report = [...hostLines(), ...sensorLines(), ...runs.flatMap(runLines), ...crossLines()].join('\n')
writeFileSync(values.output, `${report}\n`)
console.log(report)
console.error(`written to ${values.output}`)

/** All usable profilers at once: what one of them counts, the others are compared with. */
async function measureBoth(names) {
  const meter = await openMeter({ profilers: names, ...choice })
  console.error(`idle for ${durations.idle} s ...`)
  const idle = await windowOf(meter, 'idle', () => sleep(durations.idle * 1000))
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker('for (;;) Math.random()', { eval: true }),
  )
  await sleep(1000)
  console.error(`load on ${workers.length} processors for ${durations.load} s ...`)
  const load = await windowOf(meter, 'load', () => sleep(durations.load * 1000))
  await Promise.all(workers.map((worker) => worker.terminate()))
  const facts = { sampling: meter.sampling(), meterWarnings: meter.warnings }
  await meter.close()
  return [idle, load].map((run) => ({ ...run, ...facts }))
}

async function windowOf(meter, name, wait) {
  const window = meter.begin()
  await wait()
  return { name, energy: await window.end() }
}

function hostLines() {
  const [cpu] = cpus()
  return [
    '## Hardware check',
    '',
    `- ${cpu?.model ?? 'unknown processor'}, ${cpus().length} logical processors, ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `- ${platform()} ${release()} ${arch()}, Node ${process.version}`,
    `- ${describeVirtualisation(readVirtualisation()) ?? 'bare metal, as far as it shows'}`,
    '',
  ]
}

function sensorLines() {
  const rows = detections.map(({ name, kind, isAvailable, detail, reason, fix }) => [
    name,
    isAvailable ? kind : 'no',
    isAvailable ? detail : `${reason}${fix === undefined ? '' : `; fix: \`${fix}\``}`,
  ])
  const domains = detections.flatMap(({ name, domains: all }) =>
    all.map((domain) => [
      `${name} ${domain.name}`,
      domain.part,
      domain.counter,
      `${(domain.updatePeriod * 1000).toFixed(2)} ms${domain.changes === undefined ? ', stated' : `, ${domain.changes} changes`}`,
      domain.resolution?.toExponential(2) ?? '',
      domain.wrapsAt?.toFixed(0) ?? '',
      domain.isCounted ? 'yes' : 'no',
    ]),
  )
  return [
    ...table(['profiler', 'usable', 'what it reads, or why it cannot'], rows),
    ...table(['domain', 'part', 'counter', 'update period', 'resolution (J, W)', 'wraps at (J)', 'counted'], domains),
  ]
}

function runLines({ name, energy, sampling, meterWarnings }) {
  const rows = energy.domains.map((domain) => [
    `${domain.profiler} ${domain.name}`,
    domain.joules.toFixed(2),
    (domain.joules / energy.seconds).toFixed(3),
    `${domain.low.toFixed(1)} to ${domain.high.toFixed(1)}`,
    domain.isCounted ? 'yes' : 'no',
  ])
  const total = energy.joules === undefined ? 'no total' : `${energy.joules.toFixed(2)} J, ${energy.kind}`
  return [
    `### ${name}: ${energy.seconds.toFixed(2)} s, ${total}`,
    '',
    ...table(['domain', 'J', 'W', '95% interval (J)', 'counted'], rows),
    ...(name === 'load' ? sampling.map(samplingLine) : []),
    ...[...energy.warnings, ...(name === 'load' ? meterWarnings : [])].map(
      ({ code, message }) => `- ${code}: ${message}`,
    ),
    '',
  ]
}

function samplingLine({ profiler, interval, readings, failed, missed, lost, worstDelay }) {
  const late = `${(worstDelay * 1000).toFixed(1)} ms late at worst`
  return `- ${profiler}: ${readings} readings every ${interval} s, ${failed} failed, ${missed + lost} missing, ${late}`
}

function crossLines() {
  const rows = runs.flatMap(({ name, energy }) =>
    crossChecks(energy.domains).map(({ counted, other, relative, isWithinErrors }) => [
      name,
      `${counted.profiler} ${counted.name}`,
      `${other.profiler} ${other.name}`,
      `${(relative * 100).toFixed(2)}%`,
      isWithinErrors ? 'yes' : 'no',
    ]),
  )
  return rows.length === 0 ? [] : table(['run', 'counted', 'other', 'other less counted', 'within their errors'], rows)
}

function table(head, rows) {
  if (rows.length === 0) return []
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}
