/** What a pickle describes. Nothing that it names is ever looked up, let alone called. */

/** A value of a pickle; the same object where the pickle refers to one value twice, so there may be cycles. */
export type PickleValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** Exact: what does not fit into a double is a `long`. */
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'long'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  /** The bytes themselves are passed over. */
  | { readonly kind: 'bytes'; readonly byteLength: number }
  | PickleItems
  | PickleDict
  | PickleGlobal
  | PickleObject
  | { readonly kind: 'persistent'; readonly id: PickleValue }

/** Several values. */
export interface PickleItems {
  readonly kind: 'tuple' | 'list' | 'set'
  readonly items: PickleValue[]
}

/** Keys with their values, as stored: a later one of the same key counts. */
export interface PickleDict {
  readonly kind: 'dict'
  readonly entries: [PickleValue, PickleValue][]
}

/** A class or function of Python, by name. */
export interface PickleGlobal {
  readonly kind: 'global'
  /** With its module, e.g. `torch._utils._rebuild_tensor_v2`. */
  readonly name: string
}

/** What Python would get by calling something, or by making an object of a class. */
export interface PickleObject {
  readonly kind: 'object'
  readonly callee: PickleValue
  readonly args: PickleValue
  /** Of an object that is a list, or a dict, as `OrderedDict` is. */
  readonly items: PickleValue[]
  readonly entries: [PickleValue, PickleValue][]
  /** What the object's attributes are set from; absent where nothing is set. */
  state?: PickleValue
}

export const NONE: PickleValue = { kind: 'none' }

/** @returns name of the class or function that an object is made by; `''` for anything else */
export function madeBy(value: PickleValue | undefined): string {
  if (value?.kind !== 'object') return ''
  const { callee } = value
  // Before PyTorch 1.6 classes of modules came with their source: `('module', class, path, source)`.
  const [what, type] = callee.kind === 'persistent' ? itemsOf(callee.id) : []
  const made = what?.kind === 'text' && what.value === 'module' ? type : callee
  return made?.kind === 'global' ? made.name : ''
}

/** @returns the items of a tuple or list; none for anything else */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] {
  return value?.kind === 'tuple' || value?.kind === 'list' ? value.items : []
}

/** @returns the arguments that an object is made with */
export function argumentsOf(value: PickleObject): readonly PickleValue[] {
  return itemsOf(value.args)
}

/** @returns keys and values of a dict, or of an object that is one; `undefined` for anything else */
export function entriesOf(value: PickleValue): readonly (readonly [PickleValue, PickleValue])[] | undefined {
  if (value.kind === 'dict') return value.entries
  const isDict = value.kind === 'object' && (value.entries.length > 0 || /(^|\.)\w*[Dd]ict$/.test(madeBy(value)))
  return isDict ? value.entries : undefined
}

/** @returns the value of a key that is a text; `undefined` where there is none */
export function entryOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  const entries = value === undefined ? undefined : entriesOf(value)
  return entries?.findLast(([name]) => name.kind === 'text' && name.value === key)?.[1]
}
