/** What `forward` returns, as outputs of the graph. */
import { UnsupportedError } from '../../../src/core/errors.js'
import type { Value } from '../../emission/value.js'
import type { ScriptValue } from '../script-value.js'
import { EXPORT_HINT } from './script-errors.js'

/** A tensor and the name it gets. */
export interface ScriptOutput {
  readonly name: string
  readonly value: Value
}

/** More are not believed. */
const MOST_OUTPUTS = 10_000
const MOST_VISITS = 100_000
const DEEPEST = 200

/**
 * Tensors by name: `output`, or `output_0`, `output_1`, or the names of a NamedTuple's fields or of a dict's keys. What is
 * no tensor is left out.
 *
 * @throws {UnsupportedError} `E_TORCH_OUTPUT` where no tensor is returned
 */
export function scriptOutputs(returned: ScriptValue): readonly ScriptOutput[] {
  const outputs: ScriptOutput[] = []
  const walk = { visits: 0, depth: 0 }
  collect(returned, '', outputs, walk)
  if (outputs.length === 0 || outputs.length > MOST_OUTPUTS) {
    throw tooMany(outputs.length > MOST_OUTPUTS ? `more than ${MOST_OUTPUTS} tensors` : 'no tensors')
  }
  return outputs
}

/** How far `collect` has come. */
interface Walk {
  visits: number
  depth: number
}

function tooMany(what: string): UnsupportedError {
  return new UnsupportedError('E_TORCH_OUTPUT', `the model returns ${what}`, { hint: EXPORT_HINT })
}

/** Lists may hold one another many times, or themselves. */
function collect(value: ScriptValue, path: string, outputs: ScriptOutput[], walk: Walk): void {
  if (outputs.length > MOST_OUTPUTS) return
  walk.visits += 1
  if (walk.visits > MOST_VISITS || walk.depth > DEEPEST) throw tooMany(`values inside each other, without end`)
  walk.depth += 1
  collectItems(value, path, outputs, walk)
  walk.depth -= 1
}

function collectItems(value: ScriptValue, path: string, outputs: ScriptOutput[], walk: Walk): void {
  if (value.kind === 'tensor') outputs.push({ name: path === '' ? 'output' : path, value: value.value })
  else if (value.kind === 'list' || value.kind === 'tuple') {
    const fields = value.kind === 'tuple' ? value.fields : undefined
    for (const [index, item] of value.items.entries()) {
      collect(
        item,
        fields?.[index] === undefined ? `${path || 'output'}_${index}` : joined(path, fields[index]),
        outputs,
        walk,
      )
    }
  } else if (value.kind === 'dict') {
    for (const [key, item] of value.entries) collect(item, joined(path, String(key)), outputs, walk)
  }
}

function joined(path: string, name: string | undefined): string {
  return path === '' ? (name ?? '') : `${path}_${name}`
}
