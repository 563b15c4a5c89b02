/**
 * Reads the property lists that macOS's `powermetrics -f plist` prints, one per interval, with a zero byte between them.
 * Only a few keys are looked for: a list is some kilobytes long, most of it clock rates.
 */
import type { ToolParser, ToolSample } from './tool-follower.js'

/** Mean mW of the interval on Apple silicon, by the key's first word. */
const MILLIWATTS = ['cpu', 'gpu', 'ane', 'dram'] as const
/** A list that never ends is not kept. */
const LONGEST = 1 << 20

/** Domains: `cpu`, `gpu`, `ane`, `dram`; `package` on Intel processors. */
export function makePowermetricsParser(): ToolParser {
  let rest = ''
  return {
    push(text) {
      const lists = (rest + text).split(/\0|(?<=<\/plist>)/)
      rest = (lists.pop() ?? '').slice(-LONGEST)
      if (rest.includes('</plist>')) {
        lists.push(rest)
        rest = ''
      }
      return lists.map((list) => ({ joules: joulesOf(list) })).filter(({ joules }) => joules.size > 0)
    },
  }
}

function joulesOf(list: string): ToolSample['joules'] {
  const sample = new Map<string, number | undefined>()
  const elapsed = numberIn(list, 'elapsed_ns')
  if (elapsed === undefined) return sample
  const seconds = elapsed * 1e-9
  for (const name of MILLIWATTS) {
    const [power, energy] = [numberIn(list, `${name}_power`), numberIn(list, `${name}_energy`)]
    if (power !== undefined) sample.set(name, power * 1e-3 * seconds)
    else if (energy !== undefined) sample.set(name, energy * 1e-3)
  }
  const [joules, watts] = [numberIn(list, 'package_joules'), numberIn(list, 'package_watts')]
  if (joules !== undefined) sample.set('package', joules)
  else if (watts !== undefined) sample.set('package', watts * seconds)
  return sample
}

function numberIn(list: string, key: string): number | undefined {
  const start = list.indexOf(`<key>${key}</key>`)
  if (start < 0) return undefined
  const text = /^<key>\w+<\/key>\s*<(?:integer|real)>([^<]{1,40})</.exec(list.slice(start, start + 200))?.[1]
  const value = Number(text)
  return text !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined
}
