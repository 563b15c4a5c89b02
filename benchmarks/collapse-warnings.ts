/** Keeps the warnings of a run readable: what each of sixty windows says alike is said once. */
import type { Warning } from '../src/core/warning.js'

/** Different messages of one code that are worth reading. */
const MOST_PER_CODE = 3

/** @returns warnings in the order they first came, the same message once, and few of one code */
export function collapseWarnings(warnings: readonly Warning[]): { code: string; message: string; hint: string }[] {
  const kept = new Map<string, Map<string, Warning>>()
  const left = new Map<string, number>()
  for (const warning of warnings) {
    const messages = kept.get(warning.code) ?? new Map<string, Warning>()
    kept.set(warning.code, messages)
    if (messages.has(warning.message)) continue
    if (messages.size < MOST_PER_CODE) messages.set(warning.message, warning)
    else left.set(warning.code, (left.get(warning.code) ?? 0) + 1)
  }
  return [...kept].flatMap(([code, messages]) => {
    const all = [...messages.values()].map((warning) => ({ ...warning }))
    const more = left.get(code)
    const last = all.at(-1)
    if (more !== undefined && last !== undefined) last.message = `${last.message} (and ${more} more like it)`
    return all
  })
}
