/**
 * Groups that keep their members in a symbol table: a B-tree of version 1, and a heap of names.
 *
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html sections III.A to III.D
 */
import { MOST_MEMBERS, zeroEnded } from '../hdf5.js'
import { MESSAGE, type Message } from './object-header.js'
import { definedWide, NotPlain, type PlainBytes } from './plain-bytes.js'

const TREE_HEAD = 24
const CHILD = 16
const NODE_HEAD = 8
const ENTRY = 40
const HEAP_HEAD = 32
const LARGEST_HEAP = 2 ** 26
/** An entry that keeps a path instead of an address. */
const SOFT_LINK = 2

/** @returns name -> address of the object's header, in the order of the file; `undefined` for what is no group */
export function readGroup(bytes: PlainBytes, messages: readonly Message[]): ReadonlyMap<string, number> | undefined {
  const table = messages.find(({ type }) => type === MESSAGE.symbolTable)?.body
  if (table === undefined) return undefined
  const names = readHeap(bytes, definedWide(table, 8))
  const members = new Map<string, number>()
  for (const node of leavesOf(bytes, definedWide(table, 0))) addEntries(bytes, node, names, members)
  return members
}

function readHeap(bytes: PlainBytes, address: number): Buffer {
  const head = bytes.read(address, HEAP_HEAD)
  const size = definedWide(head, 8)
  if (!startsWith(head, 'HEAP') || size > LARGEST_HEAP) throw new NotPlain('no heap of names')
  return bytes.read(definedWide(head, 24), size)
}

/** Levels fall by one at each step, so that the walk ends; a tree that refers to one node twice is stopped by its size. */
function* leavesOf(bytes: PlainBytes, root: number): Generator<number> {
  const open = [{ address: root, level: -1 }]
  let seen = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    seen += 1
    if (seen > MOST_MEMBERS) throw new NotPlain('too many members')
    if (next.level === 0) {
      yield next.address
      continue
    }
    const { level, children } = readTree(bytes, next.address)
    if (next.level > 0 && level !== next.level - 1) throw new NotPlain('a tree whose levels do not fall')
    for (const address of children.toReversed()) open.push({ address, level })
  }
}

/** `level` is 0 where the children are symbol nodes. */
function readTree(bytes: PlainBytes, address: number): { level: number; children: number[] } {
  const head = bytes.read(address, TREE_HEAD)
  if (!startsWith(head, 'TREE') || head[4] !== 0) throw new NotPlain('no tree of names')
  const count = head.readUInt16LE(6)
  const pairs = bytes.read(address + TREE_HEAD, count * CHILD)
  return {
    level: head[5] ?? 0,
    children: Array.from({ length: count }, (_, index) => definedWide(pairs, index * CHILD + 8)),
  }
}

function addEntries(bytes: PlainBytes, address: number, names: Buffer, members: Map<string, number>): void {
  const head = bytes.read(address, NODE_HEAD)
  if (!startsWith(head, 'SNOD') || head[4] !== 1) throw new NotPlain('no symbol node')
  const count = head.readUInt16LE(6)
  const entries = bytes.read(address + NODE_HEAD, count * ENTRY)
  for (let at = 0; at < entries.length; at += ENTRY) {
    if (entries.readUInt32LE(at + 16) === SOFT_LINK) throw new NotPlain('a link')
    const nameAt = definedWide(entries, at)
    if (nameAt >= names.length) throw new NotPlain('a name outside its heap')
    members.set(zeroEnded(names.subarray(nameAt)), definedWide(entries, at + 8))
  }
  if (members.size > MOST_MEMBERS) throw new NotPlain('too many members')
}

/** @returns whether the bytes start with these letters */
export const startsWith = (bytes: Buffer, letters: string): boolean =>
  bytes.toString('latin1', 0, letters.length) === letters
