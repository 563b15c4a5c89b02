/** Parameters and buffers of a module. */
import type { Initializer } from '../../src/graph/graph.js'
import type { ScriptObject, ScriptValue } from './script-value.js'

/** @returns parameters and buffers of a module, each once */
export function weightsOf(root: ScriptObject): readonly Initializer[] {
  const found = new Map<string, Initializer>()
  const seen = new Set<ScriptValue>()
  const waiting: ScriptValue[] = [root]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    if (value.kind === 'object') waiting.push(...value.attributes.values())
    else if (value.kind === 'list' || value.kind === 'tuple') waiting.push(...value.items)
    else if (value.kind === 'dict') waiting.push(...value.entries.values())
    else if (value.kind === 'tensor' && value.value.initializer !== undefined)
      found.set(value.value.initializer.name, value.value.initializer)
  }
  return [...found.values()].reverse()
}
