/** onnxruntime as the outside witness: what it says the sizes of every value of a file's main graph are. */
import { copyFileSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { messagesOf, textsOf, writeField } from './protobuf.js'
import type { StoredTensor } from './tensor-proto.js'

/** Field numbers of ModelProto, GraphProto, NodeProto, TensorProto, ValueInfoProto and OperatorSetIdProto. */
const GRAPH = 7
const OPSET_IMPORT = 8
const NODE = 1
const GRAPH_INITIALIZER = 5
const GRAPH_INPUT = 11
const GRAPH_OUTPUT = 12
const NODE_OUTPUT = 2
const NODE_OPERATOR = 4
const TENSOR_NAME = 8
const NAME = 1
const OPSET_DOMAIN = 1

/** Names of a model file's main graph, as they lie in the file. */
export interface MainGraphNames {
  /** Without initializers, which old files list among the inputs. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Everything else that a node makes. */
  readonly intermediates: readonly string[]
  /** True when the file may use operators of the ONNX standard. */
  readonly hasStandardOpset: boolean
}

/** What onnxruntime found out about one run of a file whose graph it neither fused nor folded. */
export interface Witness {
  /** Element type and kind of every value, before the run. */
  readonly types: ReadonlyMap<string, InferenceSession.ValueMetadata>
  /** Sizes of every tensor that can be told, in the run. */
  readonly shapes: ReadonlyMap<string, readonly number[]>
  /** Outputs of the file, as far as they can cross into JavaScript. */
  readonly outputs: ReadonlyMap<string, Tensor>
}

const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'disabled',
  logSeverityLevel: 4,
  intraOpNumThreads: 2,
  enableCpuMemArena: false,
  enableMemPattern: false,
}
/** Marks the outputs that `Shape` nodes make. */
const SHAPE_PREFIX = 'shape of '

/** @returns the names that a file's main graph declares and makes */
export function namesOfMainGraph(model: Uint8Array): MainGraphNames {
  const graph = messagesOf(model, GRAPH)[0] ?? new Uint8Array()
  const initializers = new Set(messagesOf(graph, GRAPH_INITIALIZER).flatMap((tensor) => textsOf(tensor, TENSOR_NAME)))
  const inputs = messagesOf(graph, GRAPH_INPUT).flatMap((value) => textsOf(value, NAME))
  const outputs = messagesOf(graph, GRAPH_OUTPUT).flatMap((value) => textsOf(value, NAME))
  const made = messagesOf(graph, NODE).flatMap((node) => textsOf(node, NODE_OUTPUT))
  const domains = messagesOf(model, OPSET_IMPORT).map((opset) => textsOf(opset, OPSET_DOMAIN)[0] ?? '')
  return {
    inputs: inputs.filter((name) => !initializers.has(name)),
    outputs,
    intermediates: [...new Set(made)].filter((name) => name !== '' && !outputs.includes(name)),
    hasStandardOpset: domains.some((domain) => domain === '' || domain === 'ai.onnx'),
  }
}

/**
 * Runs a model file in onnxruntime and notes the sizes of everything in its main graph. Sizes come from `Shape` nodes
 * that are added to the file, so that large intermediates are freed while the model runs.
 *
 * @param feeds - makes the inputs from what the engine says it wants
 * @throws whatever onnxruntime throws when it cannot load or run the file
 */
export async function witness(
  path: string,
  feeds: (inputs: readonly InferenceSession.ValueMetadata[]) => Record<string, Tensor>,
): Promise<Witness> {
  const names = namesOfMainGraph(readFileSync(path))
  const types = await typesOf(path)
  const tensors = fetchable([...types.values()])
  const added = names.hasStandardOpset ? Buffer.concat(tensors.map(shapeNode)) : outputsNamed(tensors)
  const session = await openChanged(path, added)
  try {
    const fetches = fetchable(session.outputMetadata)
    const results = fetches.length === 0 ? {} : await session.run(feeds(session.inputMetadata), fetches)
    return sortResults(types, names, results)
  } finally {
    await session.release()
  }
}

/**
 * @returns what onnxruntime says of every input and of everything the nodes of the main graph make, by name
 * @throws whatever onnxruntime throws when it cannot load the file
 */
export async function typesOf(path: string): Promise<Witness['types']> {
  const { intermediates } = namesOfMainGraph(readFileSync(path))
  const session = await openChanged(path, outputsNamed(intermediates))
  const types = [...session.inputMetadata, ...session.outputMetadata].map((value) => [value.name, value] as const)
  await session.release()
  return new Map(types)
}

function sortResults(types: Witness['types'], names: MainGraphNames, results: InferenceSession.ReturnType): Witness {
  const shapes = new Map<string, readonly number[]>()
  const outputs = new Map<string, Tensor>()
  for (const [name, value] of Object.entries(results)) {
    if (name.startsWith(SHAPE_PREFIX)) shapes.set(name.slice(SHAPE_PREFIX.length), sizesIn(value))
    else shapes.set(name, value.dims)
    if (names.outputs.includes(name)) outputs.set(name, value)
  }
  return { types, shapes, outputs }
}

const sizesIn = (tensor: Tensor): number[] => (tensor.data instanceof BigInt64Array ? [...tensor.data].map(Number) : [])

/** Values that can be asked for: sequences are refused, and int4 ends the process (onnxruntime-node 1.30). */
const fetchable = (values: readonly InferenceSession.ValueMetadata[]): string[] =>
  values.filter((value) => value.isTensor && !/int[24]$/.test(value.type)).map(({ name }) => name)

const outputsNamed = (names: readonly string[]): Uint8Array =>
  Buffer.concat(names.map((name) => writeField(GRAPH_OUTPUT, writeField(NAME, name))))

function shapeNode(name: string): Uint8Array {
  const output = `${SHAPE_PREFIX}${name}`
  const node = [writeField(1, name), writeField(NODE_OUTPUT, output), writeField(NODE_OPERATOR, 'Shape')]
  return Buffer.concat([writeField(NODE, Buffer.concat(node)), outputsNamed([output])])
}

/**
 * Opens a copy of a model file with fields added to its graph: fields of one message in two parts are merged. What else
 * lies in the file's folder is put beside it, since it may be its data.
 */
async function openChanged(path: string, added: Uint8Array): Promise<InferenceSession> {
  const folder = mkdtempSync(join(tmpdir(), 'greenbench-oracle-'))
  try {
    for (const entry of readdirSync(dirname(path), { withFileTypes: true })) {
      const isData = entry.isFile() && !/\.(onnx|pb)$/.test(entry.name)
      if (isData) linkOrCopy(join(dirname(path), entry.name), join(folder, entry.name))
    }
    const changed = join(folder, basename(path))
    writeFileSync(changed, Buffer.concat([readFileSync(path), writeField(GRAPH, added)]))
    return await InferenceSession.create(changed, SESSION_OPTIONS)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A link to the same bytes where both lie on one disk: data files may be large. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

/** Element types that onnxruntime-node can take and give, by `TensorProto.DataType`. */
const ENGINE_TYPES: Readonly<Record<number, Tensor.Type>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
}

/** @returns the engine's name of an ONNX element type; `undefined` for one that cannot cross into JavaScript */
export const engineType = (code: number): Tensor.Type | undefined => ENGINE_TYPES[code]

/** @returns a stored tensor as the engine takes it */
export function toEngine(tensor: StoredTensor): Tensor {
  const type = engineType(tensor.code)
  if (type === undefined) throw new Error(`element type ${tensor.code} cannot be given to onnxruntime-node`)
  return type === 'string'
    ? new Tensor('string', [...tensor.strings], tensor.dims)
    : tensorOf(type, tensor.bytes, tensor.dims)
}

/** @returns a tensor over little-endian bytes */
export function tensorOf(type: Exclude<Tensor.Type, 'string'>, bytes: Uint8Array, dims: readonly number[]): Tensor {
  const data = Uint8Array.from(bytes).buffer
  switch (type) {
    case 'float32':
      return new Tensor(type, new Float32Array(data), dims)
    case 'float64':
      return new Tensor(type, new Float64Array(data), dims)
    case 'int8':
      return new Tensor(type, new Int8Array(data), dims)
    case 'int16':
      return new Tensor(type, new Int16Array(data), dims)
    case 'int32':
      return new Tensor(type, new Int32Array(data), dims)
    case 'int64':
      return new Tensor(type, new BigInt64Array(data), dims)
    case 'uint64':
      return new Tensor(type, new BigUint64Array(data), dims)
    case 'uint32':
      return new Tensor(type, new Uint32Array(data), dims)
    case 'uint16':
      return new Tensor(type, new Uint16Array(data), dims)
    case 'float16':
      return ofHalfBits(new Uint16Array(data), dims)
    default:
      return new Tensor(type, new Uint8Array(data), dims)
  }
}

/** Where Node has `Float16Array` the tensor makes one of the bits, in which the native part of 1.30 finds no bytes. */
function ofHalfBits(bits: Uint16Array, dims: readonly number[]): Tensor {
  return Object.defineProperty(new Tensor('float16', bits, dims), 'data', { value: bits })
}
