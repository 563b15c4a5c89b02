/**
 * The variables' values: an index of names, and shards that hold the elements.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/tensor_bundle/tensor_bundle.h
 */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { bytesOf } from '../../src/graph/data-type.js'
import type { Initializer } from '../../src/graph/graph.js'
import { sameBytes } from '../../src/graph/pieces.js'
import { memoryFile, type RandomAccessFile } from '../random-access-file.js'
import type { ModelSource } from '../source.js'
import { decodeFile } from '../wire/decode.js'
import { BUNDLE_ENTRY, BUNDLE_HEADER, type BundleEntryProto, CHECKPOINT_OBJECTS } from './checkpoint-schema.js'
import { dataTypeOf } from './data-type.js'
import { type SavedName, sliceKey } from './slice-key.js'
import { readSortedTable } from './sorted-table.js'
import { elementCount, fixedShape } from './tensor.js'

/** Where the variables of a SavedModel lie, below its folder. */
const PREFIX = 'variables/variables'
const OBJECTS_KEYS = ['_CHECKPOINTABLE_OBJECT_GRAPH', '_TRACKABLE_OBJECT_GRAPH']
const BIG_ENDIAN = 1
const MAX_SHARDS = 99_999
const MAX_OBJECT_BYTES = 2 ** 28

/** Reads variables by the keys under which they were saved; looks at each shard once and keeps none open. */
export class Checkpoint {
  readonly #source: ModelSource
  readonly #entries: ReadonlyMap<string, Uint8Array>
  readonly #shards: number
  readonly #files = new Map<number, RandomAccessFile>()
  readonly #index: { readonly path: string; readonly size: number }

  /**
   * @throws {FormatError} `E_CHECKPOINT_MISSING` where the folder has no variables, `E_CHECKPOINT_INDEX`
   * @throws {UnsupportedError} `E_CHECKPOINT_ENDIANNESS`
   */
  constructor(source: ModelSource) {
    this.#source = source
    const index = openPart(source, `${PREFIX}.index`, 'the index of variables')
    try {
      this.#index = { path: index.path, size: index.size }
      this.#entries = readSortedTable(index)
    } finally {
      index.close()
    }
    const header = decodeFile(memoryFile(this.#entries.get('') ?? new Uint8Array(0), index.path), BUNDLE_HEADER)
    this.#shards = header.shards ?? 1
    if (header.endianness === BIG_ENDIAN) {
      throw new UnsupportedError('E_CHECKPOINT_ENDIANNESS', `${index.path} was written on a big-endian machine`, {
        hint: 'load and save the model again on a little-endian machine',
      })
    }
  }

  /** Bytes of the index and of the shards met so far. */
  get bytes(): number {
    return [...this.#files.values()].reduce((sum, file) => sum + file.size, this.#index.size)
  }

  /** Paths of the same files, the index first. */
  get files(): readonly string[] {
    const shards = [...this.#files].sort(([left], [right]) => left - right)
    return [this.#index.path, ...shards.map(([, file]) => file.path)]
  }

  has(key: string): boolean {
    return key !== '' && this.#entries.has(inBytes(key))
  }

  /**
   * @param name - of the initializer
   * @throws {FormatError} `E_CHECKPOINT_KEY`, `E_CHECKPOINT_SHARD`, `E_CHECKPOINT_SIZE`, `E_TF_SHAPE`
   * @throws {UnsupportedError} `E_CHECKPOINT_SLICES`, `E_TF_DATA_TYPE`
   */
  tensor(saved: SavedName, name: string, trainable: boolean | undefined): Initializer {
    const what = `variable ${quoted(name)}`
    const entry = this.#slice(saved, what)
    const dtype = dataTypeOf(entry.dtype, what)
    const shape = fixedShape(entry.shape, what)
    const expected = bytesOf(dtype, elementCount(shape, what))
    if (dtype === 'string')
      throw new UnsupportedError('E_TF_DATA_TYPE', `${what} holds text`, { hint: 'choose another --signature' })
    if (entry.slices.length > 0) {
      throw new UnsupportedError('E_CHECKPOINT_SLICES', `${what} is kept in ${entry.slices.length} slices`, {
        hint: 'load and save the model again without a partitioner',
      })
    }
    const size = entry.size ?? 0
    if (size !== expected)
      throw broken('E_CHECKPOINT_SIZE', `${what} has ${size} bytes, its shape asks for ${expected}`)
    const payload = this.#region(entry, what)
    const readStrings = (): never => {
      throw broken('E_TF_TENSOR_TEXT', `${what} holds numbers, not text`)
    }
    const data = { ...sameBytes(payload), readStrings }
    return { name, dtype, shape, data, ...(trainable === undefined ? {} : { trainable }) }
  }

  /** @returns name of the variable -> key, as the objects of TensorFlow 2 keep it; empty for TensorFlow 1 */
  objectKeys(): ReadonlyMap<string, string> {
    const key = OBJECTS_KEYS.find((candidate) => this.has(candidate))
    if (key === undefined) return new Map()
    const entry = this.#entry(key, 'the object graph')
    if ((entry.size ?? 0) > MAX_OBJECT_BYTES) throw broken('E_CHECKPOINT_SIZE', 'the object graph is absurdly large')
    const bytes = textElement(this.#region(entry, 'the object graph').read())
    const objects = decodeFile(memoryFile(bytes, 'the object graph'), CHECKPOINT_OBJECTS)
    const attributes = objects.nodes.flatMap((node) => node.attributes)
    return new Map(attributes.map(({ fullName = '', key: found = '' }) => [fullName, found]))
  }

  /** A part of a tensor has an entry of its own where just that part was saved. */
  #slice({ key, slice }: SavedName, what: string): BundleEntryProto {
    const bytes = slice && this.#entries.get(sliceKey(key, slice).toString('latin1'))
    return bytes === undefined ? this.#entry(key, what) : decodeEntry(bytes)
  }

  #entry(key: string, what: string): BundleEntryProto {
    const bytes = this.#entries.get(inBytes(key))
    if (bytes !== undefined) return decodeEntry(bytes)
    throw broken('E_CHECKPOINT_KEY', `${what} is not among the saved variables (key ${quoted(key)})`)
  }

  #region(entry: BundleEntryProto, what: string) {
    const { shard = 0, offset = 0, size = 0 } = entry
    const file = this.#shard(shard, what)
    if (!Number.isSafeInteger(offset) || offset < 0 || size < 0 || offset + size > file.size) {
      throw broken(
        'E_CHECKPOINT_SHARD',
        `${file.path} ends at byte ${file.size}, ${what} lies at ${offset} to ${offset + size}`,
      )
    }
    return file.region(offset, size)
  }

  #shard(shard: number, what: string): RandomAccessFile {
    const known = this.#files.get(shard)
    if (known !== undefined) return known
    if (!(shard >= 0 && shard < this.#shards && this.#shards <= MAX_SHARDS)) {
      throw broken('E_CHECKPOINT_SHARD', `${what} lies in shard ${shard} of ${this.#shards}`)
    }
    const file = openPart(this.#source, `${PREFIX}.data-${digits(shard)}-of-${digits(this.#shards)}`, what)
    file.close()
    this.#files.set(shard, file)
    return file
  }
}

/** A character for each byte, as the table has its keys. */
const inBytes = (key: string): string => Buffer.from(key).toString('latin1')

const decodeEntry = (bytes: Uint8Array): BundleEntryProto =>
  decodeFile(memoryFile(bytes, `${PREFIX}.index`), BUNDLE_ENTRY)

const digits = (value: number): string => String(value).padStart(5, '0')

function openPart(source: ModelSource, path: string, what: string): RandomAccessFile {
  try {
    return source.open(path)
  } catch (cause) {
    if (!(cause instanceof FormatError) || cause.code !== 'E_FILE_MISSING') throw cause
    throw new FormatError('E_CHECKPOINT_MISSING', `${source.path} has no ${path}, where ${what} lies`, {
      hint: 'copy the whole folder of the SavedModel, the folder "variables" with it',
      cause,
    })
  }
}

/** A tensor of one text: its length as a varint, a checksum of four bytes, and the bytes. */
function textElement(bytes: Uint8Array): Uint8Array {
  let at = 0
  while (at < 9 && (bytes[at] ?? 0) >= 0x80) at += 1
  return bytes.subarray(at + 5)
}

function broken(code: `E_${string}`, message: string): FormatError {
  return new FormatError(code, message, { hint: 'the folder is damaged or incomplete: copy or save the model again' })
}
