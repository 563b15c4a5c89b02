/** A SavedModel to a model graph, without reading its weights. */
import { FormatError, UnsupportedError } from '../../src/core/errors.js'
import { quoted } from '../../src/core/quoted.js'
import { type Shape, symbol } from '../../src/graph/dimension.js'
import type { Initializer, ModelGraph, ValueType } from '../../src/graph/graph.js'
import type { RandomAccessFile } from '../random-access-file.js'
import type { ModelSource } from '../source.js'
import { decodeFile } from '../wire/decode.js'
import { Checkpoint } from './checkpoint.js'
import { nodeConverter, type VariableReader } from './convert-node.js'
import { withBiases } from './convolution-bias.js'
import { dataTypeOf } from './data-type.js'
import { GraphEmitter } from './graph-emitter.js'
import { normalizationStatistics } from './normalization-statistics.js'
import { prune } from './prune.js'
import {
  type MetaGraphProto,
  SAVED_MODEL,
  type ShapeProto,
  type SignatureProto,
  type TensorInfoEntryProto,
} from './saved-model-schema.js'
import { GraphScope } from './scope.js'
import { chooseMetaGraph, chooseSignature } from './signature.js'
import type { SavedName } from './slice-key.js'
import { Unfolder } from './unfold.js'
import { isFrozen, restoredKeys, savedNameOf, trainability } from './variables.js'

/** What to read of a SavedModel. */
export interface SavedModelOptions {
  /** Tag of the graph, or several between commas; `serve` when absent. */
  readonly tag?: string | undefined
  /** `serving_default`, or the only one, when absent. */
  readonly signature?: string | undefined
}

/** A graph, and how much lies beside its file. */
export interface SavedModelFolder {
  readonly graph: ModelGraph
  /** Bytes of the variables' index and shards. */
  readonly variableBytes: number
  /** Paths of these files, the index first. */
  readonly variableFiles: readonly string[]
  /** What was read: a signature, and the graph of these tags. */
  readonly chosen: { readonly signature: string; readonly tag: string }
}

/** Name of the free first size of every input. */
const BATCH = 'batch'

/**
 * @param file - `saved_model.pb`
 * @param source - the folder around it
 * @throws {FormatError} `E_PROTOBUF_...`, `E_SAVED_MODEL_...`, `E_TF_...`, `E_CHECKPOINT_...` for broken contents
 * @throws {UnsupportedError} `E_TF_OPERATOR` and others name what cannot be put into ONNX words
 * @throws {UsageError} `E_SIGNATURE...`, `E_TAG...` where the choice is missing or wrong
 */
export function readSavedModel(
  file: RandomAccessFile,
  source: ModelSource,
  options: SavedModelOptions,
): SavedModelFolder {
  const meta = chooseMetaGraph(decodeFile(file, SAVED_MODEL), options.tag, source.path)
  const { name, signature } = chooseSignature(meta, options.signature, source.path)
  const chosen = { signature: name, tag: (meta.info?.tags ?? []).join(',') }
  const emitter = new GraphEmitter(name)
  const variables = new Variables(meta, source)
  const convert = nodeConverter(emitter, variables.read, !isFrozen(meta), source.path)
  const unfolder = new Unfolder(meta.graph?.library?.functions ?? [], convert)
  const scope = GraphScope.main(meta.graph?.nodes ?? [])
  feedInputs(signature, scope, unfolder, emitter)
  for (const { key = '', value } of sorted(signature.outputs)) {
    emitter.output(key, emitter.plain(unfolder.value(scope, tensorName(value?.name, key))))
  }
  const graph = withBiases(prune(emitter.build({ name: 'tensorflow', version: meta.info?.tensorflowVersion ?? '' })))
  const unreadWeights = variables.unreadStatistics()
  return { graph: { ...graph, unreadWeights }, variableBytes: variables.bytes, variableFiles: variables.files, chosen }
}

/** Opened when the first variable is read: a frozen graph has none. */
class Variables {
  readonly #meta: MetaGraphProto
  readonly #source: ModelSource
  readonly #read = new Set<string>()
  #open:
    | {
        checkpoint: Checkpoint
        restored: ReadonlyMap<string, SavedName>
        objects: ReadonlyMap<string, string>
        fullNames: ReadonlyMap<string, readonly string[]>
        trainable: ReadonlyMap<string, boolean>
      }
    | undefined

  constructor(meta: MetaGraphProto, source: ModelSource) {
    this.#meta = meta
    this.#source = source
  }

  get bytes(): number {
    return this.#open?.checkpoint.bytes ?? 0
  }

  get files(): readonly string[] {
    return this.#open?.checkpoint.files ?? []
  }

  /** @returns what Keras' normalisations keep beside the constants that the graph reads in their stead */
  unreadStatistics(): readonly Initializer[] {
    if (this.#open === undefined) return []
    const { checkpoint, objects } = this.#open
    const keys = new Map([...objects].filter(([, key]) => !this.#read.has(key)))
    return normalizationStatistics(this.#meta, keys).map(({ name, key }) => checkpoint.tensor({ key }, name, false))
  }

  readonly read: VariableReader = (node, sharedName) => {
    this.#open ??= this.#openAll()
    const { checkpoint, restored, objects, fullNames, trainable } = this.#open
    const saved = savedNameOf(node, sharedName, checkpoint, restored, objects)
    this.#read.add(saved.key)
    const names = [sharedName, node, ...(fullNames.get(saved.key) ?? [])]
    const known = names.map((name) => trainable.get(name)).find((value) => value !== undefined)
    return checkpoint.tensor(saved, sharedName, known)
  }

  #openAll() {
    const checkpoint = new Checkpoint(this.#source)
    const objects = checkpoint.objectKeys()
    return {
      checkpoint,
      restored: restoredKeys(this.#meta),
      objects,
      fullNames: namesByKey(objects),
      trainable: trainability(this.#meta),
    }
  }
}

/** Names under which the objects know what lies under each key. */
function namesByKey(objects: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const [name, key] of objects) {
    const known = names.get(key)
    if (known === undefined) names.set(key, [name])
    else known.push(name)
  }
  return names
}

function feedInputs(signature: SignatureProto, scope: GraphScope, unfolder: Unfolder, emitter: GraphEmitter): void {
  for (const { key = '', value } of sorted(signature.inputs)) {
    const what = `input ${quoted(key)}`
    const type: ValueType = {
      kind: 'tensor',
      dtype: dataTypeOf(value?.dtype, what),
      shape: inputShape(key, value?.shape),
    }
    unfolder.feed(scope, tensorName(value?.name, key), emitter.flow(emitter.input(key, type)))
  }
}

/** The first free size is that of the batch, which all inputs share. */
function inputShape(name: string, proto: ShapeProto | undefined): Shape | undefined {
  if (proto === undefined || (proto.unknownRank ?? 0) !== 0) return undefined
  return proto.sizes.map(({ size = 0 }, axis) => {
    if (size >= 0) return size
    return symbol(axis === 0 ? BATCH : `${name}_${axis}`)
  })
}

/** The order of a map's entries is not the file's to choose. */
function sorted(entries: readonly TensorInfoEntryProto[]): readonly TensorInfoEntryProto[] {
  // Of two entries with one key the later counts, as in every map of protobuf.
  const byKey = new Map(entries.map((entry) => [entry.key ?? '', entry]))
  if (byKey.has('')) {
    throw new FormatError('E_SIGNATURE_NAME', 'an input or output of the signature has no name', {
      hint: 'the file is damaged: save the model again',
    })
  }
  return [...byKey.values()].sort((left, right) => ((left.key ?? '') < (right.key ?? '') ? -1 : 1))
}

function tensorName(name: string | undefined, key: string): string {
  if (name !== undefined && name !== '') return name
  throw new UnsupportedError('E_SIGNATURE_TENSOR', `${quoted(key)} of the signature is no dense tensor`, {
    hint: 'choose another --signature, with dense tensors only',
  })
}
