/**
 * Reads what `perf stat -I ... -x ';'` prints: one line per event and package at each interval.
 *
 * @see https://man7.org/linux/man-pages/man1/perf-stat.1.html CSV FORMAT
 */
import type { ToolParser, ToolSample } from './tool-follower.js'

/** `0.100;S0;1;1.53;Joules;power/energy-pkg/;...` or, per die, `S0-D0`. */
const LINE = /^\s*([\d.,]+);S(\d+)(?:-D(\d+))?;\d+;([^;]*);[^;]*;power\/(energy-[a-z]+)\//

/** Domains are named by event and place, e.g. `energy-pkg 0/0` for package 0, die 0. */
export function makePerfParser(): ToolParser {
  let rest = ''
  return {
    push(text) {
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(-1000)
      return samplesOf(lines)
    },
  }
}

/** Lines of one time are one interval, which may come in several pieces. */
function samplesOf(lines: readonly string[]): readonly ToolSample[] {
  const samples = new Map<string, Map<string, number | undefined>>()
  for (const line of lines) {
    const [, time = '', socket, die = '0', value = '', event] = LINE.exec(line) ?? []
    if (event === undefined) continue
    const sample = samples.get(time) ?? new Map<string, number | undefined>()
    samples.set(time, sample.set(`${event} ${socket}/${die}`, joulesOf(value)))
  }
  return [...samples].map(([interval, joules]) => ({ interval, joules }))
}

/** `<not counted>` and `<not supported>` are no joules. */
function joulesOf(value: string): number | undefined {
  const joules = Number(value.replace(',', '.'))
  return value.trim() !== '' && Number.isFinite(joules) && joules >= 0 ? joules : undefined
}
