/**
 * Reads a pickle as a description of values. Python would run what it names; here names stay names.
 *
 * @see https://docs.python.org/3/library/pickle.html
 */
import type { RandomAccessFile } from '../../random-access-file.js'
import { INSTRUCTIONS, STOP } from './opcodes.js'
import { PickleBytes } from './pickle-bytes.js'
import { PickleStack } from './pickle-stack.js'
import type { PickleValue } from './pickle-value.js'

/** Instructions of one pickle; a weight takes about 25. */
const MOST_STEPS = 5_000_000

/** A value, and the byte of the file behind its pickle. */
export interface ReadPickle {
  readonly value: PickleValue
  /** What it names that lies outside of the pickle, in order. */
  readonly persistentIds: readonly PickleValue[]
  readonly end: number
}

/**
 * @param start, length - where the pickle begins, and how many bytes it may take
 * @throws {FormatError} `E_PICKLE` for damaged bytes, and for more than 5,000,000 instructions or 64 MiB of texts
 */
export function readPickle(file: RandomAccessFile, start = 0, length = file.size - start): ReadPickle {
  const bytes = new PickleBytes(file, start, length)
  const stack = new PickleStack(bytes)
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const opcode = bytes.byte()
    if (opcode === STOP) return { value: stack.pop(), persistentIds: stack.persistentIds, end: bytes.position }
    const instruction = INSTRUCTIONS.get(opcode)
    if (instruction === undefined) throw bytes.fail(`instruction ${opcode} is not known`)
    instruction(stack)
  }
  throw bytes.fail(`it has more than ${MOST_STEPS} instructions`)
}
