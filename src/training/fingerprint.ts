/** Tells trainings apart whose states do not fit each other. */
import { createHash } from 'node:crypto'
import type { Attribute, ModelGraph } from '../graph/graph.js'

/**
 * @param settings - plain data
 * @returns SHA-256, hex, over the model's nodes, over names, types and shapes of its constants, and over the settings;
 *   not over what the weights hold
 */
export function fingerprintOf({ main }: ModelGraph, settings: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  for (const { operator, domain, inputs, outputs, attributes } of main.nodes) {
    const described = [...attributes].map(([name, attribute]) => [name, describe(attribute)])
    hash.update(JSON.stringify([operator, domain, inputs, outputs, described]))
  }
  for (const { name, dtype, shape } of main.initializers.values()) hash.update(JSON.stringify([name, dtype, shape]))
  return hash.digest('hex')
}

/** Tensors and graphs inside attributes are left out: they are constants of arithmetic. */
function describe({ kind, value }: Attribute): unknown {
  const isPlain = ['int', 'ints', 'float', 'floats', 'string', 'strings'].includes(kind)
  return isPlain ? value : kind
}
