/**
 * The instructions of pickles of protocol 2 to 5, by their byte.
 *
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
import type { PickleStack } from './pickle-stack.js'
import { NONE, type PickleValue } from './pickle-value.js'

/** Does one instruction. */
export type Instruction = (stack: PickleStack) => void

/** Ends a pickle. */
export const STOP = 0x2e

const code = (character: string): number => character.charCodeAt(0)
const truth = (value: boolean): PickleValue => ({ kind: 'bool', value })
const whole = (value: number): PickleValue => ({ kind: 'int', value })
const words = (value: string): PickleValue => ({ kind: 'text', value })
const tuple = (items: PickleValue[]): PickleValue => ({ kind: 'tuple', items })
const EMPTY_TUPLE = tuple([])

/** Instructions by byte. Those that only protocols 0 and 1 use are left out, and so are extensions and outside buffers. */
export const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  [code('('), (stack) => stack.mark()],
  [code('0'), (stack) => void stack.pop()],
  [code('1'), (stack) => void stack.popToMark()],
  [code('2'), (stack) => stack.push(stack.top())],
  [code('N'), (stack) => stack.push(NONE)],
  [0x88, (stack) => stack.push(truth(true))],
  [0x89, (stack) => stack.push(truth(false))],
  [code('J'), (stack) => stack.push(whole(stack.bytes.int32()))],
  [code('K'), (stack) => stack.push(whole(stack.bytes.byte()))],
  [code('M'), (stack) => stack.push(whole(stack.bytes.uint16()))],
  [0x8a, (stack) => stack.push(longOf(stack, stack.bytes.byte()))],
  [0x8b, (stack) => stack.push(longOf(stack, stack.bytes.uint32()))],
  [code('G'), (stack) => stack.push({ kind: 'float', value: stack.bytes.float64() })],
  [code('X'), (stack) => stack.push(words(stack.bytes.text(stack.bytes.uint32())))],
  [0x8c, (stack) => stack.push(words(stack.bytes.text(stack.bytes.byte())))],
  [0x8d, (stack) => stack.push(words(stack.bytes.text(stack.bytes.uint64())))],
  [code('U'), (stack) => stack.push(words(stack.bytes.text(stack.bytes.byte(), 'latin1')))],
  [code('T'), (stack) => stack.push(words(stack.bytes.text(stack.bytes.uint32(), 'latin1')))],
  [code('C'), (stack) => skipBytes(stack, stack.bytes.byte())],
  [code('B'), (stack) => skipBytes(stack, stack.bytes.uint32())],
  [0x8e, (stack) => skipBytes(stack, stack.bytes.uint64())],
  [0x96, (stack) => skipBytes(stack, stack.bytes.uint64())],
  [code(')'), (stack) => stack.push(EMPTY_TUPLE)],
  [0x85, (stack) => stack.push(tuple(stack.popMany(1)))],
  [0x86, (stack) => stack.push(tuple(stack.popMany(2)))],
  [0x87, (stack) => stack.push(tuple(stack.popMany(3)))],
  [code('t'), (stack) => stack.push(tuple(stack.popToMark()))],
  [code(']'), (stack) => stack.push({ kind: 'list', items: [] })],
  [code('l'), (stack) => stack.push({ kind: 'list', items: stack.popToMark() })],
  [code('a'), (stack) => stack.append(stack.popMany(1))],
  [code('e'), (stack) => stack.append(stack.popToMark())],
  [0x8f, (stack) => stack.push({ kind: 'set', items: [] })],
  [0x91, (stack) => stack.push({ kind: 'set', items: stack.popToMark() })],
  [0x90, (stack) => stack.append(stack.popToMark())],
  [code('}'), (stack) => stack.push({ kind: 'dict', entries: [] })],
  [code('d'), (stack) => stack.push({ kind: 'dict', entries: stack.pairs(stack.popToMark()) })],
  [code('s'), (stack) => stack.setItems(stack.popMany(2))],
  [code('u'), (stack) => stack.setItems(stack.popToMark())],
  [code('h'), (stack) => stack.pushNoted(stack.bytes.byte())],
  [code('j'), (stack) => stack.pushNoted(stack.bytes.uint32())],
  [code('q'), (stack) => stack.note(stack.bytes.byte())],
  [code('r'), (stack) => stack.note(stack.bytes.uint32())],
  [0x94, (stack) => stack.noteNext()],
  [code('c'), (stack) => stack.push(globalOf(stack.bytes.line(), stack.bytes.line()))],
  [0x93, stackGlobal],
  [code('R'), makeObject],
  [0x81, makeObject],
  [0x92, makeWithNames],
  [code('b'), (stack) => stack.build(stack.pop())],
  [code('Q'), (stack) => stack.pushPersistent(stack.pop())],
  [0x80, checkProtocol],
  [0x95, (stack) => void stack.bytes.uint64()],
])

function longOf(stack: PickleStack, length: number): PickleValue {
  const value = stack.bytes.long(length)
  const number = Number(value)
  return Number.isSafeInteger(number) ? whole(number) : { kind: 'long', value }
}

function skipBytes(stack: PickleStack, byteLength: number): void {
  stack.bytes.skip(byteLength)
  stack.push({ kind: 'bytes', byteLength })
}

const globalOf = (module: string, name: string): PickleValue => ({ kind: 'global', name: `${module}.${name}` })

function stackGlobal(stack: PickleStack): void {
  const [module, name] = stack.popMany(2)
  if (module?.kind !== 'text' || name?.kind !== 'text') throw stack.bytes.fail('a class has no name')
  stack.push(globalOf(module.value, name.value))
}

/** A call of a function and a new object of a class read alike: only their description is kept. */
function makeObject(stack: PickleStack): void {
  const args = stack.pop()
  stack.pushObject(stack.pop(), args)
}

/** Arguments by name are no part of what PyTorch writes; they are dropped. */
function makeWithNames(stack: PickleStack): void {
  stack.pop()
  makeObject(stack)
}

function checkProtocol(stack: PickleStack): void {
  const protocol = stack.bytes.byte()
  if (protocol < 2 || protocol > 5) throw stack.bytes.fail(`protocol ${protocol} is not known`)
}
