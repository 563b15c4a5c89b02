/**
 * Object headers of version 1: the messages that say what a group or a dataset is.
 *
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html section IV.A
 */
import { definedWide, NotPlain, type PlainBytes } from './plain-bytes.js'

/** Types of messages that are read here, or that say that a file is not plain. */
export const MESSAGE = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  link: 6,
  externalFiles: 7,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  symbolTable: 17,
  attributeInfo: 21,
} as const

/** One message: its type and what it says. */
export interface Message {
  readonly type: number
  readonly body: Buffer
}

const PREFIX = 16
const HEAD = 8
const SHARED = 2
const MOST_BLOCKS = 1000
/** These tell of things that version 1 of the format does not have. */
const FOREIGN: ReadonlySet<number> = new Set([MESSAGE.linkInfo, MESSAGE.link, MESSAGE.attributeInfo])

/** @throws {NotPlain} for headers of other versions and for broken ones */
export function readMessages(bytes: PlainBytes, address: number): readonly Message[] {
  const prefix = bytes.read(address, PREFIX)
  if (prefix[0] !== 1) throw new NotPlain(`an object header of version ${prefix[0]}`)
  const count = prefix.readUInt16LE(2)
  const messages: Message[] = []
  const blocks = [{ address: address + PREFIX, length: prefix.readUInt32LE(8) }]
  for (const block of blocks) {
    if (blocks.length > MOST_BLOCKS) throw new NotPlain('an object header in too many parts')
    for (const message of messagesIn(bytes.read(block.address, block.length), count - messages.length)) {
      messages.push(message)
      const { type, body } = message
      if (FOREIGN.has(type)) throw new NotPlain(`a message of type ${type}`)
      if (type === MESSAGE.continuation) blocks.push({ address: definedWide(body, 0), length: definedWide(body, 8) })
    }
  }
  return messages
}

function* messagesIn(block: Buffer, most: number): Generator<Message> {
  let at = 0
  for (let left = most; left > 0 && at + HEAD <= block.length; left -= 1) {
    const [type, size, flags] = [block.readUInt16LE(at), block.readUInt16LE(at + 2), block[at + 4] ?? 0]
    const end = at + HEAD + size
    if (end > block.length || (flags & SHARED) !== 0) throw new NotPlain('a message that lies elsewhere')
    yield { type, body: block.subarray(at + HEAD, end) }
    at = end
  }
}
