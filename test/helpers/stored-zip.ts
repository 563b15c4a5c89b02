/** Writes zip archives whose entries are stored, as Keras writes `.keras` files. */
import { crc32 } from 'node:zlib'

/** @returns bytes of the archive */
export function storedZip(entries: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts: Uint8Array[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(entries)) {
    const local = Buffer.concat([header(0x04034b50, name, content), Buffer.from(name)])
    directory.push(Buffer.concat([header(0x02014b50, name, content, offset), Buffer.from(name)]))
    parts.push(local, content)
    offset += local.length + content.length
  }
  const listed = Buffer.concat(directory)
  return Buffer.concat([...parts, listed, end(directory.length, listed.length, offset)])
}

/** Of an entry, or of its place in the directory, where `offset` is given. */
function header(signature: number, name: string, content: Uint8Array, offset?: number): Buffer {
  const isLocal = offset === undefined
  const head = Buffer.alloc(isLocal ? 30 : 46)
  head.writeUInt32LE(signature, 0)
  if (!isLocal) {
    head.writeUInt16LE(20, 4)
    head.writeUInt32LE(offset, 42)
  }
  const common = isLocal ? 4 : 6
  head.writeUInt16LE(20, common)
  head.writeUInt32LE(crc32(content), common + 10)
  head.writeUInt32LE(content.length, common + 14)
  head.writeUInt32LE(content.length, common + 18)
  head.writeUInt16LE(Buffer.byteLength(name), common + 22)
  return head
}

function end(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(offset, 16)
  return record
}
