/** Loads h5wasm when the first HDF5 file needs it, keeps its log off the terminal, and lends it parts of files to read. */
import { FormatError } from '../../src/core/errors.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { refuseDamagedHeap } from './global-heap.js'

/** What is used of h5wasm's module. */
export interface Hdf5Module {
  open(path: string, mode: number, trackOrder: boolean, lowest: number, highest: number): bigint
  close_file(file: bigint): number
  get_type(file: bigint, path: string): number
  get_names(file: bigint, path: string, recursive: boolean): string[]
  get_attribute_names(file: bigint, path: string): string[]
  get_attribute_metadata(file: bigint, path: string, name: string): Hdf5Type
  get_attribute_data(file: bigint, path: string, name: string, target: bigint): number
  get_dataset_metadata(file: bigint, path: string): Hdf5Type
  get_dataset_data(file: bigint, path: string, count: null, offset: null, strides: null, target: bigint): number
  reclaim_vlen_memory(file: bigint, path: string, name: string, target: bigint): number
  activate_throwing_error_handler(): number
  _malloc(bytes: number): number
  _free(pointer: number): void
  UTF8ToString(pointer: number): string
  readonly HEAPU8: Uint8Array
  readonly H5G_GROUP: number
  readonly H5G_DATASET: number
  readonly FS: EmscriptenFiles
}

/** Type and extent of an attribute or a dataset; sizes are those of one element, in bytes. */
export interface Hdf5Type {
  readonly shape: readonly number[] | null
  readonly type: number
  readonly size: number
  readonly total_size: number
  readonly signed: boolean
  readonly vlen: boolean
  readonly littleEndian: boolean
  readonly chunks: readonly number[] | null
  readonly virtual_sources?: readonly unknown[]
}

interface EmscriptenFiles {
  writeFile(path: string, content: Uint8Array): void
  unlink(path: string): void
  lookupPath(path: string): { node: FileNode }
  getStream(descriptor: number): { stream_ops: StreamOperations } | null
}

interface FileNode {
  usedBytes: number
  stream_ops: StreamOperations
}

interface StreamOperations {
  read?(stream: unknown, target: Uint8Array, offset: number, length: number, position: number): number
  write?(stream: unknown, source: Uint8Array, offset: number, length: number): number
}

let counter = 0

let current: Promise<Hdf5Module> | undefined

/**
 * @returns the module, with errors of HDF5 as exceptions
 * @throws {FormatError} `E_HDF5_LIBRARY` where it does not load
 */
export async function loadHdf5(): Promise<Hdf5Module> {
  current ??= startHdf5()
  try {
    return await current
  } catch (cause) {
    current = undefined
    throw new FormatError('E_HDF5_LIBRARY', 'h5wasm, which reads HDF5 files, does not load on this machine', {
      hint: 'install it again: npm install h5wasm',
      cause,
    })
  }
}

/** It takes a tenth of a second to start another. */
const MOST_ERRORS = 50
let errors = 0

/**
 * To be told of every error. HDF5 then keeps open what it had open, so that after some thousand errors, or one that ends it,
 * it could open nothing any more: now and then the next file gets a library of its own, while open files keep the old one.
 */
export function noteHdf5Error(cause: unknown): void {
  errors += 1
  if (errors < MOST_ERRORS && !isEnd(cause)) return
  errors = 0
  current = undefined
}

/** What WebAssembly throws when it stops for good. */
const isEnd = (cause: unknown): boolean => cause instanceof Error && cause.name === 'RuntimeError'

/** `ready` of h5wasm is one library for all; what makes it lies beside. */
async function startHdf5(): Promise<Hdf5Module> {
  const place = new URL('hdf5_util.js', import.meta.resolve('h5wasm'))
  const { default: create }: { default: (options: object) => Promise<Hdf5Module> } = await import(place.href)
  const module = await create({ noInitialRun: true })
  module.activate_throwing_error_handler()
  silence(module, 1)
  silence(module, 2)
  return module
}

/**
 * Makes a part of a file visible to HDF5, which sees no other file: links that lead out of it lead nowhere.
 *
 * @returns its path inside the module
 */
export function lendFile(module: Hdf5Module, file: RandomAccessFile, start: number, size: number): string {
  counter += 1
  const path = `/lent-${counter}.h5`
  module.FS.writeFile(path, new Uint8Array(0))
  const { node } = module.FS.lookupPath(path)
  node.usedBytes = size
  node.stream_ops = {
    ...node.stream_ops,
    read: (_stream, target, offset, length, position) => {
      const wanted = Math.max(0, Math.min(length, size - position))
      const part = new Uint8Array(target.buffer, target.byteOffset + offset, wanted)
      const count = file.readInto(part, start + position)
      refuseDamagedHeap(part, size, (more) => file.read(start + position, Math.min(more, size - position)))
      return count
    },
  }
  return path
}

/** Takes the file back. */
export function takeBack(module: Hdf5Module, path: string): void {
  const { node } = module.FS.lookupPath(path)
  node.usedBytes = 0
  module.FS.unlink(path)
}

/** HDF5 writes pages about each error; what is worth knowing arrives as an exception. */
function silence(module: Hdf5Module, descriptor: number): void {
  const stream = module.FS.getStream(descriptor)
  if (stream === null) return
  stream.stream_ops = { ...stream.stream_ops, write: (_stream, _source, _offset, length) => length }
}
