/** Counts, times and machines as sentences of a statement say them. */
import { formatExact } from '../quantity.js'
import type { RunImpact } from './totals.js'

/** Model name of the processor, with how many. */
export function processorOf({ cpu }: RunImpact['run']['host']): string {
  const { model, packages } = (typeof cpu === 'object' && cpu !== null ? cpu : {}) as Readonly<Record<string, unknown>>
  const name = typeof model === 'string' && model.trim() !== '' ? model.trim() : 'a machine that is not named'
  return typeof packages === 'number' && packages > 1 ? `${packages} x ${name}` : name
}

/** e.g. `a, b and c`. */
export const joined = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** e.g. `1.25 h`, `12 min`. */
export function hours(seconds: number): string {
  if (seconds < 60) return `${roundedTo(seconds, 2)} s`
  return seconds < 3600 ? `${roundedTo(seconds / 60, 2)} min` : `${roundedTo(seconds / 3600, 3)} h`
}

/** As people write it: so many digits, separators for thousands. */
export function roundedTo(amount: number, digits: number): string {
  const rounded = Number(amount.toPrecision(digits))
  return rounded >= 1000 ? formatExact(rounded) : String(rounded)
}

/** Two digits; what is smaller than people can picture is only said to be. */
export const atLeast = (amount: number, least: number): string =>
  amount > 0 && amount < least ? `less than ${least}` : roundedTo(amount, 2)
