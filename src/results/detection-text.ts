/** What was found on a machine, as a table for each kind of thing. */
import type { Findings, ProfilerFacts } from '../../benchmarks/detection.js'
import { describeVirtualisation } from '../../profilers/machine.js'
import type { EngineFacts, Usability } from '../engines/engine-facts.js'
import { printable } from './printable.js'
import { BYTES, formatPlain, JOULES, SECONDS, WATTS } from './quantity.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

/** @param width - columns of the terminal */
export function detectionText({ host, engines, profilers }: Findings, width: number, style: TextStyle): string {
  const draw = (head: readonly string[], rows: readonly string[][]) =>
    rows.length === 0
      ? ''
      : drawTable({ head, rows, align: head.map(() => 'left' as const), wrapped: head.length - 1 }, width, style)
  const tables = [
    draw(['machine', ''], hostRows(host)),
    draw(
      ['engine', 'usable', 'version', ''],
      engines.map((engine) => [engine.name, word(engine), engine.version ?? '-', engineDetail(engine)]),
    ),
    draw(['execution provider', 'usable', ''], engines.flatMap(providerRows)),
    draw(
      ['profiler', 'usable', 'kind', ''],
      profilers.map((profiler) => [
        profiler.name,
        word(profiler),
        profiler.kind,
        printable(profiler.detail ?? why(profiler)),
      ]),
    ),
    draw(['domain', 'part', 'counter', 'updated every', 'resolution', 'counted'], profilers.flatMap(domainRows)),
  ]
  return tables.filter((table) => table !== '').join('\n')
}

/** Nothing of it names the machine or its owner. */
function hostRows({ cpu, memoryBytes, os, virtualMachine, container }: Findings['host']): string[][] {
  const place = describeVirtualisation({
    ...(virtualMachine === undefined ? {} : { machine: virtualMachine }),
    ...(container === undefined ? {} : { container }),
  })
  const rows = [
    ['processor', `${cpu.model}, ${cpu.logicalCpus} logical`],
    ['memory', formatPlain(memoryBytes, BYTES)],
    ['system', `${os.name}, ${os.kernel}, ${os.architecture}`],
    ['runs on', place ?? 'bare metal, as far as it shows'],
  ]
  return rows.map((row) => row.map(printable))
}

function domainRows({ name, domains }: ProfilerFacts): string[][] {
  return domains.map((domain) => [
    printable(`${name} ${domain.name}`),
    domain.part,
    domain.counter,
    `${formatPlain(domain.updatePeriod, SECONDS)}${domain.changes === 0 ? ' (did not change)' : ''}`,
    domain.resolution === undefined
      ? '-'
      : formatPlain(domain.resolution, domain.counter === 'energy' ? JOULES : WATTS),
    domain.isCounted ? 'yes' : 'no',
  ])
}

const word = ({ isUsable }: Usability): string => (isUsable ? 'yes' : 'no')

const why = ({ reason, fix }: Usability): string =>
  printable([reason, fix].filter((part) => part !== undefined).join('; '))

function engineDetail(engine: EngineFacts): string {
  if (!engine.isUsable) return why(engine)
  return Object.entries(engine.options ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

const providerRows = ({ name, executionProviders = [] }: EngineFacts): string[][] =>
  executionProviders.map((provider) => [
    `${provider.name} (${name})`,
    word(provider),
    provider.isUsable ? '' : why(provider),
  ])
