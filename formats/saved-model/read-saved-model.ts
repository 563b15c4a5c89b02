/** A SavedModel to a model graph, without reading its weights. */
import type { ModelGraph } from '../../src/graph/graph.js'
import { prune } from '../emission/prune.js'
import type { RandomAccessFile } from '../random-access-file.js'
import type { ModelSource } from '../source.js'
import { decodeFile } from '../wire/decode.js'
import { nodeConverter } from './convert-node.js'
import { withBiases } from './convolution-bias.js'
import { FlowEmitter } from './flow-emitter.js'
import { isForTensorFlow, type RefusedGraph, refusedGraph } from './refused-graph.js'
import { type MetaGraphProto, SAVED_MODEL, type SignatureProto } from './saved-model-schema.js'
import { SavedVariables } from './saved-variables.js'
import { GraphScope } from './scope.js'
import { type ChosenSignature, chooseMetaGraph, chooseSignature } from './signature.js'
import { signatureType, sortedEntries, tensorName } from './signature-values.js'
import { Unfolder } from './unfold.js'
import { isFrozen } from './variables.js'

/** What to read of a SavedModel. */
export interface SavedModelOptions {
  /** Tag of the graph, or several between commas; `serve` when absent. */
  readonly tag?: string | undefined
  /** `serving_default`, or the only one, when absent. */
  readonly signature?: string | undefined
}

/** A graph, and how much lies beside its file. */
export interface SavedModelFolder {
  /** Or what can be said of it where only TensorFlow itself can run it. */
  readonly read: ModelGraph | RefusedGraph
  /** Bytes of the variables' index and shards. */
  readonly variableBytes: number
  /** Paths of these files, the index first. */
  readonly variableFiles: readonly string[]
  /** What was read: a signature, and the graph of these tags. */
  readonly chosen: { readonly signature: string; readonly tag: string }
}

/**
 * @param file - `saved_model.pb`
 * @param source - the folder around it
 * @throws {FormatError} `E_PROTOBUF_...`, `E_SAVED_MODEL_...`, `E_TF_...`, `E_CHECKPOINT_...` for broken contents
 * @throws {UnsupportedError} `E_TF_PLACEHOLDER` and others for what TensorFlow itself could not run either
 * @throws {UsageError} `E_SIGNATURE...`, `E_TAG...` where the choice is missing or wrong
 */
export function readSavedModel(
  file: RandomAccessFile,
  source: ModelSource,
  options: SavedModelOptions,
): SavedModelFolder {
  const meta = chooseMetaGraph(decodeFile(file, SAVED_MODEL), options.tag, source.path)
  const choice = chooseSignature(meta, options.signature, source.path)
  const chosen = { signature: choice.name, tag: (meta.info?.tags ?? []).join(',') }
  const variables = new SavedVariables(meta, source)
  const read = graphOrRefusal(meta, choice, variables, source.path)
  return { read, variableBytes: variables.bytes, variableFiles: variables.files, chosen }
}

function graphOrRefusal(
  meta: MetaGraphProto,
  choice: ChosenSignature,
  variables: SavedVariables,
  path: string,
): ModelGraph | RefusedGraph {
  try {
    return graphOf(meta, choice, variables, path)
  } catch (cause) {
    if (!isForTensorFlow(cause)) throw cause
    return refusedGraph(meta, choice.signature, variables, cause)
  }
}

function graphOf(
  meta: MetaGraphProto,
  { name, signature }: ChosenSignature,
  variables: SavedVariables,
  path: string,
): ModelGraph {
  const emitter = new FlowEmitter(name)
  const convert = nodeConverter(emitter, variables.read, !isFrozen(meta), path)
  const unfolder = new Unfolder(meta.graph?.library?.functions ?? [], convert)
  const scope = GraphScope.main(meta.graph?.nodes ?? [])
  feedInputs(signature, scope, unfolder, emitter)
  for (const { key = '', value } of sortedEntries(signature.outputs)) {
    emitter.output(key, emitter.plain(unfolder.value(scope, tensorName(value?.name, key))))
  }
  const graph = withBiases(prune(emitter.build({ name: 'tensorflow', version: meta.info?.tensorflowVersion ?? '' })))
  return { ...graph, unreadWeights: variables.unreadStatistics() }
}

function feedInputs(signature: SignatureProto, scope: GraphScope, unfolder: Unfolder, emitter: FlowEmitter): void {
  for (const entry of sortedEntries(signature.inputs)) {
    const { key = '', value } = entry
    const input = emitter.input(key, signatureType(entry, 'input'))
    unfolder.feed(scope, tensorName(value?.name, key), emitter.flow(input))
  }
}
