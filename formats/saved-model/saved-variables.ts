/** The variables of a SavedModel as a graph reads them: each by the names of its node, from the checkpoint beside the graph. */
import type { Initializer } from '../../src/graph/graph.js'
import type { ModelSource } from '../source.js'
import { Checkpoint } from './checkpoint.js'
import type { VariableReader } from './convert-node.js'
import { normalizationStatistics } from './normalization-statistics.js'
import type { MetaGraphProto } from './saved-model-schema.js'
import type { SavedName } from './slice-key.js'
import { restoredKeys, savedNameOf, trainability } from './variables.js'

/** Opened when the first variable is read: a frozen graph has none. */
export class SavedVariables {
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
