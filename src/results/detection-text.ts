/** What was found on a machine, as a table for each kind of thing. */
import type { Findings } from '../../benchmarks/detection.js'
import type { EngineFacts, Usability } from '../engines/engine-facts.js'
import { printable } from './printable.js'
import type { TextStyle } from './text-style.js'
import { drawTable } from './text-table.js'

/** @param width - columns of the terminal */
export function detectionText({ engines, profilers }: Findings, width: number, style: TextStyle): string {
  const draw = (head: readonly string[], rows: readonly string[][]) =>
    drawTable({ head, rows, align: head.map(() => 'left' as const), wrapped: head.length - 1 }, width, style)
  return [
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
  ].join('\n')
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
