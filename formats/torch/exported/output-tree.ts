/** How a program returns its tensors: in tuples, lists and dicts, whose keys give the outputs their names. */
import { type ScriptValue, tuple } from '../script-value.js'

const DEEPEST = 50

/**
 * @param text - a list of a version and a tree: `{ type, context, children_spec }`, leaves without a type
 * @param values - of the leaves, in order
 * @returns a tuple of the values where the tree is not one of as many leaves
 */
export function returnedValue(text: string, values: readonly ScriptValue[]): ScriptValue {
  const remaining = [...values]
  const [only, ...others] = values
  const tree = treeIn(text)
  const value = tree === undefined ? undefined : nodeOf(tree, remaining, 0)
  if (value !== undefined && remaining.length === 0) return value
  return only !== undefined && others.length === 0 ? only : tuple(values)
}

interface TreeNode {
  readonly type?: unknown
  readonly context?: unknown
  readonly children_spec?: unknown
}

function treeIn(text: string): TreeNode | undefined {
  const tree = jsonIn(text)
  return Array.isArray(tree) && typeof tree[1] === 'object' && tree[1] !== null ? tree[1] : undefined
}

function nodeOf(
  { type, context, children_spec: children }: TreeNode,
  values: ScriptValue[],
  depth: number,
): ScriptValue | undefined {
  if (type === null) return values.shift()
  if (!Array.isArray(children) || depth > DEEPEST) return undefined
  const items: ScriptValue[] = []
  for (const child of children) {
    const item = typeof child === 'object' && child !== null ? nodeOf(child, values, depth + 1) : undefined
    if (item === undefined) return undefined
    items.push(item)
  }
  const keys = keysIn(context, items.length)
  if (keys === undefined) return tuple(items)
  return { kind: 'dict', entries: new Map(items.map((item, index) => [keys[index] ?? '', item])) }
}

/** Dicts, and the classes that Hugging Face's models return, keep a list of names. */
function keysIn(context: unknown, count: number): readonly string[] | undefined {
  const keys = typeof context === 'string' ? jsonIn(context) : undefined
  if (!Array.isArray(keys) || keys.length !== count || count === 0) return undefined
  return keys.every((key) => typeof key === 'string') ? keys : undefined
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
