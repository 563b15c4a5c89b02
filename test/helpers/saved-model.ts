/** SavedModels written by hand, field by field, and checkpoints with their index. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Model } from '../../formats/format.js'
import { onnxRuntimeEngine } from '../../src/engines/onnxruntime.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { numbersOf } from './model-files.js'
import { temporaryFolder } from './temporary-folder.js'
import { bytes, float, int, varint } from './wire-bytes.js'

/** Codes of TensorFlow's element types. */
export const TYPE = { float: 1, int32: 3, string: 7, int64: 9, bool: 10, resource: 20 } as const

/** Attributes of a node; each is a field of NodeDef. */
export const attribute = {
  int: (name: string, value: number) => bytes(5, bytes(1, name), bytes(2, int(3, value))),
  float: (name: string, value: number) => bytes(5, bytes(1, name), bytes(2, float(4, value))),
  bool: (name: string, value: boolean) => bytes(5, bytes(1, name), bytes(2, int(5, value ? 1 : 0))),
  type: (name: string, value: number) => bytes(5, bytes(1, name), bytes(2, int(6, value))),
  text: (name: string, value: string) => bytes(5, bytes(1, name), bytes(2, bytes(2, value))),
  ints: (name: string, values: readonly number[]) =>
    bytes(5, bytes(1, name), bytes(2, bytes(1, ...values.map((value) => int(3, value))))),
  tensor: (name: string, ...tensor: readonly Uint8Array[]) => bytes(5, bytes(1, name), bytes(2, bytes(8, ...tensor))),
  callee: (name: string, target: string) => bytes(5, bytes(1, name), bytes(2, bytes(10, bytes(1, target)))),
}

/** Field of GraphDef (1), or of FunctionDef (3). */
export const node = (
  operator: string,
  name: string,
  inputs: readonly string[] = [],
  attributes: readonly Uint8Array[] = [],
  field = 1,
) => bytes(field, bytes(1, name), bytes(2, operator), ...inputs.map((input) => bytes(3, input)), ...attributes)

/** Content of TensorShapeProto; -1 leaves a size free. */
export const sizes = (shape: readonly number[]) => Buffer.concat(shape.map((size) => bytes(2, int(1, size))))

/** @returns a Const node of floats or whole numbers */
export function constant(
  name: string,
  shape: readonly number[],
  values: readonly number[],
  type: number = TYPE.float,
  field = 1,
) {
  const content =
    type === TYPE.float
      ? bytes(4, Buffer.from(Float32Array.from(values).buffer))
      : type === TYPE.bool
        ? bytes(11, ...values.map((value) => varint(value)))
        : bytes(4, Buffer.from(Int32Array.from(values).buffer))
  const tensor = [int(1, type), bytes(2, sizes(shape)), content]
  return node('Const', name, [], [attribute.type('dtype', type), attribute.tensor('value', ...tensor)], field)
}

/** @returns a Const node of texts */
export const textConstant = (name: string, texts: readonly string[]) =>
  node(
    'Const',
    name,
    [],
    [
      attribute.tensor(
        'value',
        int(1, TYPE.string),
        bytes(2, sizes([texts.length])),
        ...texts.map((text) => bytes(8, text)),
      ),
    ],
  )

/** One input or output of a signature. */
export interface Slot {
  readonly tensor: string
  readonly shape?: readonly number[]
  readonly type?: number
}

const slot = (field: number, key: string, { tensor, shape, type = TYPE.float }: Slot) =>
  bytes(
    field,
    bytes(1, key),
    bytes(2, bytes(1, tensor), int(2, type), bytes(3, shape === undefined ? int(3, 1) : sizes(shape))),
  )

/** @returns field of MetaGraphDef */
export const signature = (
  name: string,
  inputs: Readonly<Record<string, Slot>>,
  outputs: Readonly<Record<string, Slot>>,
) =>
  bytes(
    5,
    bytes(1, name),
    bytes(
      2,
      ...Object.entries(inputs).map(([key, value]) => slot(1, key, value)),
      ...Object.entries(outputs).map(([key, value]) => slot(2, key, value)),
    ),
  )

/** @returns field of GraphDef: the library with its functions */
export const library = (...functions: readonly Uint8Array[]) => bytes(2, ...functions.map((entry) => bytes(1, entry)))

/** @returns FunctionDef; nodes are of field 3 */
export const functionOf = (
  name: string,
  inputs: readonly string[],
  results: Readonly<Record<string, string>>,
  nodes: readonly Uint8Array[],
) =>
  Buffer.concat([
    bytes(
      1,
      bytes(1, name),
      ...inputs.map((input) => bytes(2, bytes(1, input))),
      ...Object.keys(results).map((output) => bytes(3, bytes(1, output))),
    ),
    ...nodes,
    ...Object.entries(results).map(([key, value]) => bytes(4, bytes(1, key), bytes(2, value))),
  ])

/** @returns bytes of `saved_model.pb` with one graph of the tag `serve` */
export const savedModel = (graph: readonly Uint8Array[], ...signatures: readonly Uint8Array[]) =>
  Buffer.concat([int(1, 1), bytes(2, bytes(1, bytes(4, 'serve')), bytes(2, ...graph), ...signatures)])

/** A variable in a checkpoint. */
export interface SavedTensor {
  readonly shape: readonly number[]
  readonly values: readonly number[]
  readonly shard?: number
}

/** @returns path of a folder with these files */
export function writeSavedModel(
  content: Uint8Array,
  variables?: Readonly<Record<string, SavedTensor>>,
  compress = false,
): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'saved_model.pb'), content)
  if (variables === undefined) return folder
  mkdirSync(join(folder, 'variables'))
  const shards = 1 + Math.max(...Object.values(variables).map(({ shard = 0 }) => shard))
  const contents: Buffer[][] = Array.from({ length: shards }, () => [])
  const entries: [string, Buffer][] = [['', Buffer.concat([int(1, shards)])]]
  for (const key of Object.keys(variables).sort()) {
    const { shape, values, shard = 0 } = variables[key] ?? { shape: [], values: [] }
    const data = Buffer.from(Float32Array.from(values).buffer)
    const offset = Buffer.concat(contents[shard] ?? []).length
    contents[shard]?.push(data)
    entries.push([
      key,
      Buffer.concat([int(1, TYPE.float), bytes(2, sizes(shape)), int(3, shard), int(4, offset), int(5, data.length)]),
    ])
  }
  const digits = (value: number) => String(value).padStart(5, '0')
  writeFileSync(join(folder, 'variables/variables.index'), sortedTable(entries, compress))
  for (const [shard, parts] of contents.entries()) {
    writeFileSync(join(folder, `variables/variables.data-${digits(shard)}-of-${digits(shards)}`), Buffer.concat(parts))
  }
  return folder
}

/** @returns a LevelDB table with one block of these entries */
export function sortedTable(entries: readonly (readonly [string, Uint8Array])[], compress = false): Buffer {
  const stored = (block: Buffer) => (compress ? snappyLiteral(block) : block)
  const block = stored(blockOf(entries))
  const trailer = Buffer.from([compress ? 1 : 0, 0, 0, 0, 0])
  const handle = (offset: number, size: number) => Buffer.concat([varint(offset), varint(size)])
  const index = stored(blockOf([['~', handle(0, block.length)]]))
  const handles = Buffer.concat([handle(0, 0), handle(block.length + 5, index.length)])
  const footer = Buffer.concat([handles, Buffer.alloc(40 - handles.length), Buffer.from('57fb808b247547db', 'hex')])
  return Buffer.concat([block, trailer, index, trailer, footer])
}

function blockOf(entries: readonly (readonly [string, Uint8Array])[]): Buffer {
  const parts: Uint8Array[] = entries.flatMap(([key, value]) => [
    varint(0),
    varint(Buffer.byteLength(key)),
    varint(value.length),
    Buffer.from(key),
    value,
  ])
  return Buffer.concat([...parts, Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])])
}

/** Snappy without any copies: literals of at most 60 bytes. */
function snappyLiteral(plain: Buffer): Buffer {
  const parts: Buffer[] = [varint(plain.length)]
  for (let at = 0; at < plain.length; at += 60) {
    const piece = plain.subarray(at, at + 60)
    parts.push(Buffer.from([(piece.length - 1) << 2]), piece)
  }
  return Buffer.concat(parts)
}

/** Runs a model once on onnxruntime. @returns the first output's elements */
export async function runOnce(model: Model, inputs: Readonly<Record<string, Tensor>>): Promise<number[]> {
  const session = await onnxRuntimeEngine().load(model, { threads: 1 })
  try {
    const run = session.bind(new Map(Object.entries(inputs)))
    await run.run()
    const outputs = run.outputs()
    return numbersOf([...outputs.values()][0])
  } finally {
    await session.close()
  }
}
