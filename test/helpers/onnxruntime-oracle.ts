/** onnxruntime as the outside witness: what it says the sizes of every value of a file's main graph are. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { messagesOf, textsOf, writeField } from './protobuf.js'
import type { StoredTensor } from './tensor-proto.js'

/** Field numbers of ModelProto, GraphProto and NodeProto. */
const GRAPH = 7
const NODE = 1
const GRAPH_INITIALIZER = 5
const GRAPH_INPUT = 11
const GRAPH_OUTPUT = 12
const NODE_OUTPUT = 2

/** An engine session that also gives intermediates. */
export interface OracleSession {
  readonly session: InferenceSession
  /** Values of the main graph that can be fetched. */
  readonly names: readonly string[]
  close(): Promise<void>
}

/** @returns names of everything the nodes of the main graph make, and of the graph's inputs that are no initializers */
export function namesOfMainGraph(model: Uint8Array): { inputs: string[]; outputs: string[]; intermediates: string[] } {
  const graph = messagesOf(model, GRAPH)[0] ?? new Uint8Array()
  const initializers = new Set(messagesOf(graph, GRAPH_INITIALIZER).flatMap((tensor) => textsOf(tensor, 8)))
  const inputs = messagesOf(graph, GRAPH_INPUT).flatMap((value) => textsOf(value, 1))
  const outputs = messagesOf(graph, GRAPH_OUTPUT).flatMap((value) => textsOf(value, 1))
  const made = messagesOf(graph, NODE).flatMap((node) => textsOf(node, NODE_OUTPUT))
  return {
    inputs: inputs.filter((name) => !initializers.has(name)),
    outputs,
    intermediates: [...new Set(made)].filter((name) => name !== '' && !outputs.includes(name)),
  }
}

/**
 * Opens a model file with every intermediate of its main graph as a further output. The graph is run as written:
 * nothing is fused or folded.
 *
 * @param path - the model; other files of its folder are copied beside the changed one, since they may be its data
 * @param expose - names to add to the outputs
 */
export async function openOracle(path: string, expose: readonly string[]): Promise<OracleSession> {
  const model = readFileSync(path)
  const extra = Buffer.concat(expose.map((name) => writeField(GRAPH_OUTPUT, writeField(1, name))))
  const folder = mkdtempSync(join(tmpdir(), 'greenbench-oracle-'))
  try {
    for (const name of readdirSync(dirname(path))) {
      if (name.endsWith('.bin')) copyFileSync(join(dirname(path), name), join(folder, name))
    }
    const changed = join(folder, basename(path))
    // Fields of one message in two parts are merged: the second part only adds outputs to the graph.
    writeFileSync(changed, expose.length === 0 ? model : Buffer.concat([model, writeField(GRAPH, extra)]))
    const session = await InferenceSession.create(changed, {
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 4,
      intraOpNumThreads: 2,
      enableCpuMemArena: false,
    })
    return { session, names: session.outputNames, close: () => session.release() }
  } finally {
    rmSync(folder, { recursive: true, force: true })
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
    case 'float16':
    case 'uint16':
      return new Tensor(type, new Uint16Array(data), dims)
    default:
      return new Tensor(type, new Uint8Array(data), dims)
  }
}
