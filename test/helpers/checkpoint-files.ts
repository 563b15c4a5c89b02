/** Writes checkpoints of TensorFlow whose tensors may be large: one shard and its index. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { sizes, sortedTable, TYPE } from './saved-model.js'
import { bytes, int, varint } from './wire-bytes.js'

/** A tensor and its key. */
export interface CheckpointTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array | BigInt64Array
}

const OBJECTS = '_CHECKPOINTABLE_OBJECT_GRAPH'

/** @param names - names of variables and the keys under which they lie, as TensorFlow's objects tell */
export function writeCheckpoint(
  folder: string,
  tensors: readonly CheckpointTensor[],
  names: readonly (readonly [name: string, key: string])[],
): void {
  const shard = openSync(join(folder, 'variables.data-00000-of-00001'), 'w')
  const entries: [string, Buffer][] = [['', int(1, 1)]]
  let offset = 0
  const add = (key: string, type: number, shape: readonly number[], content: Uint8Array) => {
    writeSync(shard, content)
    entries.push([
      key,
      Buffer.concat([int(1, type), bytes(2, sizes(shape)), int(4, offset), int(5, content.byteLength)]),
    ])
    offset += content.byteLength
  }
  add(OBJECTS, TYPE.string, [], objectGraph(names))
  for (const { name, shape, values } of [...tensors].sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const type = values instanceof Float32Array ? TYPE.float : TYPE.int64
    add(name, type, shape, new Uint8Array(values.buffer))
  }
  closeSync(shard)
  writeFileSync(join(folder, 'variables.index'), sortedTable(entries))
}

/** A tensor of one text: its length, a checksum of it, and `TrackableObjectGraph`. */
function objectGraph(names: readonly (readonly [string, string])[]): Buffer {
  const graph = Buffer.concat(names.map(([name, key]) => bytes(1, bytes(2, bytes(2, name), bytes(3, key)))))
  return Buffer.concat([varint(graph.length), Buffer.alloc(4), graph])
}
