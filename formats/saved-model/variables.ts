/** Which saved tensor each variable of a graph gets: as its restore operations say, else by name. */
import { memoryFile } from '../random-access-file.js'
import { decodeFile } from '../wire/decode.js'
import { Attributes } from './attributes.js'
import type { Checkpoint } from './checkpoint.js'
import { isFloatCode } from './data-type.js'
import { type MetaGraphProto, type NodeProto, VARIABLES as VARIABLE_COLLECTION } from './saved-model-schema.js'
import { parseSlice, type SavedName } from './slice-key.js'

/** Operators that stand for a variable. */
export const VARIABLES: ReadonlySet<string> = new Set(['VarHandleOp', 'VariableV2', 'Variable', 'AutoReloadVariable'])

const ASSIGN = new Set(['Assign', 'AssignVariableOp'])
const CALL = new Set(['PartitionedCall', 'StatefulPartitionedCall'])
/** Steps from an assignment back to what was read; real graphs take one or two. */
const MAX_STEPS = 16

/** @returns whether the graph has no variables but perhaps a counter of steps: its weights are constants */
export function isFrozen({ graph }: MetaGraphProto): boolean {
  return !(graph?.nodes ?? []).some((node) => VARIABLES.has(node.operator ?? '') && holdsFloats(node))
}

function holdsFloats(node: NodeProto): boolean {
  const dtype = new Attributes(node).type('dtype')
  return dtype === undefined || isFloatCode(dtype)
}

/** @returns name of the variable's node -> key in the checkpoint, and which slice of it */
export function restoredKeys({ graph }: MetaGraphProto): ReadonlyMap<string, SavedName> {
  const keys = new Map<string, SavedName>()
  const nodes = graph?.nodes ?? []
  collect(nodes, (name) => name, keys)
  const functions = new Map((graph?.library?.functions ?? []).map((entry) => [entry.signature?.name ?? '', entry]))
  for (const call of nodes) {
    if (!CALL.has(call.operator ?? '')) continue
    const body = functions.get(new Attributes(call).functionName('f') ?? '')
    if (body === undefined || !body.nodes.some(({ operator }) => operator === 'RestoreV2')) continue
    const names = (body.signature?.inputs ?? []).map(({ name = '' }) => name)
    const given = new Map(names.map((name, index) => [name, nodeOf(call.inputs[index] ?? '')]))
    collect(body.nodes, (name) => given.get(name), keys)
  }
  return keys
}

/** @returns name of the variable -> whether training changes it, where the file says so without contradiction */
export function trainability({ collections, objects }: MetaGraphProto): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  const doubtful = new Set<string>()
  for (const { variable } of objects?.nodes ?? []) {
    if (variable?.name === undefined) continue
    const isTrainable = (variable.trainable ?? 0) !== 0
    if ((found.get(variable.name) ?? isTrainable) !== isTrainable) doubtful.add(variable.name)
    found.set(variable.name, isTrainable)
  }
  for (const name of doubtful) found.delete(name)
  const named = (key: string) =>
    collections.filter((entry) => entry.key === key).flatMap(({ value }) => namesIn(value?.bytes?.read()))
  const trainable = new Set(named('trainable_variables'))
  if (trainable.size === 0) return found
  for (const name of [...named('variables'), ...trainable]) found.set(name, trainable.has(name))
  return found
}

/** The key of a variable: restore operation, object graph, its own name. */
export function savedNameOf(
  node: string,
  sharedName: string,
  checkpoint: Checkpoint,
  restored: ReadonlyMap<string, SavedName>,
  objects: ReadonlyMap<string, string>,
): SavedName {
  const told = restored.get(node)
  if (told !== undefined && checkpoint.has(told.key)) return told
  const names = [objects.get(sharedName), objects.get(node), sharedName, node]
  const key = names.find((name) => name !== undefined && checkpoint.has(name))
  return key === undefined ? (told ?? { key: sharedName }) : { key }
}

function namesIn(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined) return []
  return decodeFile(memoryFile(bytes, 'a collection of variables'), VARIABLE_COLLECTION).values.map(({ name = '' }) =>
    nodeOf(name),
  )
}

function collect(
  nodes: readonly NodeProto[],
  variableOf: (name: string) => string | undefined,
  keys: Map<string, SavedName>,
): void {
  const byName = new Map(nodes.map((node) => [node.name ?? '', node]))
  for (const node of nodes) {
    if (!ASSIGN.has(node.operator ?? '')) continue
    const variable = variableOf(nodeOf(node.inputs[0] ?? ''))
    const key = restoredKey(node.inputs[1] ?? '', byName)
    if (variable !== undefined && key !== undefined) keys.set(variable, key)
  }
}

function restoredKey(input: string, byName: ReadonlyMap<string, NodeProto>): SavedName | undefined {
  let from = input
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const node = byName.get(nodeOf(from))
    if (node?.operator === 'RestoreV2') return savedName(node, outputOf(from), byName)
    if (node?.operator !== 'Identity') return undefined
    from = node.inputs[0] ?? ''
  }
  return undefined
}

function savedName(restore: NodeProto, output: number, byName: ReadonlyMap<string, NodeProto>): SavedName | undefined {
  const key = textsOf(restore.inputs[1], byName)[output]
  const slice = parseSlice(textsOf(restore.inputs[2], byName)[output] ?? '')
  return key === undefined ? undefined : { key, slice }
}

function textsOf(input: string | undefined, byName: ReadonlyMap<string, NodeProto>): readonly string[] {
  const node = byName.get(nodeOf(input ?? ''))
  return node === undefined ? [] : (new Attributes(node).get('value')?.tensor?.strings ?? [])
}

const nodeOf = (input: string): string => input.replace(/^\^/, '').split(':', 1)[0] ?? ''

/** `node:2` in a graph, `node:tensors:2` in a function. */
const outputOf = (input: string): number => Number(/:(\d+)$/.exec(input)?.[1] ?? 0)
