/** Tells which results of a function are its inputs: a loop hands its weights on from step to step. */
import type { FunctionProto } from './saved-model-schema.js'

/** Steps from a result back to an input; real functions take one or two. */
const MAX_STEPS = 16

/** @returns for each output the position of the input that it is, through nodes that compute nothing */
export function handedOn({ signature, nodes, results }: FunctionProto): readonly (number | undefined)[] {
  const inputs = new Map((signature?.inputs ?? []).map(({ name = '' }, index) => [name, index]))
  const identities = new Map(
    nodes.filter(({ operator }) => operator === 'Identity').map((node) => [node.name ?? '', node.inputs[0] ?? '']),
  )
  const values = new Map(results.map(({ key = '', value = '' }) => [key, value]))
  return (signature?.outputs ?? []).map(({ name = '' }) => {
    let source = values.get(name) ?? ''
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const [node = ''] = source.split(':', 1)
      const known = inputs.get(node)
      if (known !== undefined) return known
      source = identities.get(node) ?? ''
    }
    return undefined
  })
}
