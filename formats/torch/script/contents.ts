/** A fingerprint of what variables hold, to notice whether a branch changed something that lies outside of it. */
import type { ScriptValue } from '../script-value.js'
import type { Bound, Scope } from './bound.js'

/** @returns a text that is equal as long as no tensor, list or object within reach is changed in place */
export function contentsOf(scope: Scope): string {
  const seen = new Map<object, number>()
  const parts: string[] = []
  const waiting: Bound[] = [...scope.entries().values()]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    const known = seen.get(value)
    if (known !== undefined) {
      parts.push(`=${known}`)
      continue
    }
    seen.set(value, seen.size)
    parts.push(value.kind === 'tensor' ? `t${value.version}` : value.kind)
    waiting.push(...innerValues(value))
  }
  return parts.join()
}

function innerValues(value: Bound): readonly ScriptValue[] {
  if (value.kind === 'list' || value.kind === 'tuple') return value.items
  if (value.kind === 'dict') return [...value.entries.values()]
  return value.kind === 'object' ? [...value.attributes.values()] : []
}
