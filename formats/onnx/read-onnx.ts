/** A whole ONNX file to a model graph, without reading its weights. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { type FunctionDefinition, functionKey, type ModelGraph } from '../../src/graph/graph.js'
import { MODEL, type ModelProto, NEWEST_OPSET } from '../../src/graph/onnx-schema.js'
import type { RandomAccessFile } from '../random-access-file.js'
import { decodeFile } from '../wire/decode.js'
import type { OnnxContext } from './context.js'
import { ExternalData } from './external-data.js'
import { checkFunctionCalls } from './function-calls.js'
import { readFunction, readGraph, readOpsets } from './graph.js'
import { orderModel } from './order.js'

/** A graph, and what lies beside its file. */
export interface OnnxFile {
  readonly graph: ModelGraph
  /** Data files that belong to it, by path; bytes. */
  readonly externalFiles: readonly { readonly path: string; readonly size: number }[]
}

/**
 * Decodes an ONNX file; the file may be closed afterwards, tensors open it again when they are read.
 *
 * @param openBeside - opens a data file of the model's folder, see `ModelSource.open`
 * @throws {FormatError} `E_PROTOBUF_...` for broken bytes, `E_ONNX_...` for broken contents, `E_EXTERNAL_DATA_...`
 * @throws {UnsupportedError} `E_ONNX_OPSET`, `E_ONNX_DATA_TYPE`
 */
export function readOnnx(file: RandomAccessFile, openBeside: (location: string) => RandomAccessFile): OnnxFile {
  const proto = decodeFile(file, MODEL)
  const external = new ExternalData(file.path, openBeside)
  const graph = orderModel(readModel(proto, { path: file.path, external }), file.path)
  checkFunctionCalls(graph, file.path)
  return { graph, externalFiles: external.files }
}

function readModel(proto: ModelProto, context: OnnxContext): ModelGraph {
  if (proto.graph === undefined) {
    throw new FormatError('E_ONNX_NO_GRAPH', `${context.path} holds no ONNX graph`, {
      hint: 'the file is damaged or of another kind: export the model again',
    })
  }
  const irVersion = proto.irVersion ?? 1
  return {
    irVersion,
    opsets: modelOpsets(proto, irVersion, context.path),
    producer: { name: proto.producerName ?? '', version: proto.producerVersion ?? '' },
    ...(proto.docString === undefined ? {} : { docString: proto.docString }),
    main: readGraph(proto.graph, context),
    functions: readFunctions(proto, context),
    metadata: new Map(proto.metadataProps.map((entry) => [entry.key ?? '', entry.value ?? ''])),
  }
}

/** Before IR version 3 there was no `opset_import`, and one opset. */
function modelOpsets(proto: ModelProto, irVersion: number, path: string): Map<string, number> {
  const opsets = readOpsets(proto.opsetImport)
  if (opsets.size === 0 && irVersion < 3) opsets.set('', 1)
  const version = opsets.get('')
  if (version !== undefined && (version < 1 || version > NEWEST_OPSET)) {
    throw new UnsupportedError('E_ONNX_OPSET', `${path} uses opset ${version}, the newest known is ${NEWEST_OPSET}`, {
      hint: `export it with opset_version ${NEWEST_OPSET} or lower, or update greenbench`,
    })
  }
  return opsets
}

function readFunctions(proto: ModelProto, context: OnnxContext): Map<string, FunctionDefinition> {
  const functions = new Map<string, FunctionDefinition>()
  for (const entry of proto.functions) {
    const definition = readFunction(entry, context)
    functions.set(functionKey(definition.domain, definition.name, definition.overload), definition)
  }
  return functions
}
