/**
 * Reads the table that Intel's PowerLog writes: a row per interval, with energies since the start of the log.
 * Columns are found by the beginning of their names, since versions differ in case and spelling.
 */
import type { ToolParser, ToolSample } from './tool-follower.js'

/** `Cumulative Processor Energy_0(Joules)`, `Cumulative IA Energy_0(Joules)`, GT, DRAM. */
const ENERGY = /^cumulative\s+(\w+)\s+energy_?(\d*)\s*\(j/i
/** First letter of the domain's word. */
const DOMAINS: Readonly<Record<string, string>> = { p: 'package', i: 'core', g: 'uncore', d: 'dram' }
const LONGEST_LINE = 20_000

/** Domains are named by part and package, e.g. `package 0`, `dram 0`. */
export function makePowerLogParser(): ToolParser {
  let rest = ''
  let columns: readonly (string | undefined)[] | undefined
  let before: readonly number[] = []
  return {
    push(text) {
      const lines = (rest + text).split(/\r?\n/)
      rest = (lines.pop() ?? '').slice(-LONGEST_LINE)
      const samples: ToolSample[] = []
      for (const line of lines) {
        const cells = line.split(',').map((cell) => cell.trim())
        const header = columnsOf(cells)
        if (header !== undefined) {
          columns = header
          before = []
        } else if (columns !== undefined && cells.length >= columns.length - 1) {
          const now = cells.map(Number)
          if (before.length > 0) samples.push(sampleOf(columns, before, now))
          before = now
        }
      }
      return samples
    },
  }
}

function columnsOf(cells: readonly string[]): readonly (string | undefined)[] | undefined {
  const columns = cells.map((cell) => {
    const [, word = '', number] = ENERGY.exec(cell) ?? []
    const part = DOMAINS[word.charAt(0).toLowerCase()]
    return part === undefined ? undefined : `${part} ${number === '' ? 0 : number}`
  })
  return columns.some((column) => column !== undefined) ? columns : undefined
}

/** The energy since the row before; a total that fell or is no number tells nothing. */
function sampleOf(
  columns: readonly (string | undefined)[],
  before: readonly number[],
  now: readonly number[],
): ToolSample {
  const sums = new Map<string, number | undefined>()
  columns.forEach((name, index) => {
    const joules = (now[index] ?? Number.NaN) - (before[index] ?? Number.NaN)
    if (name !== undefined) sums.set(name, joules >= 0 ? joules : undefined)
  })
  return { joules: sums }
}
