/** Values that TorchScript keeps in pickles, as its program sees them. */
import { FormatError } from '../../src/core/errors.js'
import { constantValue } from '../../src/operators/known-value.js'
import { Expansion, locatedTensor, type Storage } from './located-tensor.js'
import { argumentsOf, entriesOf, madeBy, type PickleObject, type PickleValue } from './pickle/pickle-value.js'
import {
  bool,
  float,
  int,
  list,
  NONE,
  type ScriptDict,
  type ScriptValue,
  tensor,
  text,
  tuple,
  whole,
} from './script-value.js'
import { type StoredTensor, storedTensor } from './stored-tensor.js'
import { withoutTypeTag } from './type-tag.js'

/** Modules within modules. */
const DEEPEST = 200

/** Where the contents of tensors are found, and what is said of them. */
export interface StoredPlace {
  readonly path: string
  storage(key: string): Storage | undefined
  /** `undefined` leaves it to the operator that reads a constant whether it is trained. */
  isTrainable(tensor: StoredTensor): boolean | undefined
}

/** What a pickle refers to twice is one value, and so are two tensors of the same elements of one storage. */
export class StoredValues {
  readonly #place: StoredPlace
  readonly #known = new Map<PickleValue, ScriptValue>()
  readonly #open = new Set<PickleValue>()
  readonly #tensors = new Map<string, ScriptValue>()
  readonly #expansion = new Expansion()

  constructor(place: StoredPlace) {
    this.#place = place
  }

  /**
   * @param name - path of attributes that leads to the value; tensors are called so
   * @throws {FormatError} `E_TORCH_VALUE` for a value inside itself; as `locatedTensor`
   */
  read(value: PickleValue, name: string): ScriptValue {
    const known = this.#known.get(value)
    if (known !== undefined) return known
    if (this.#open.has(value)) throw this.#fail(`${name || 'the module'} holds itself`)
    if (this.#open.size >= DEEPEST) throw this.#fail(`more than ${DEEPEST} values lie inside each other`)
    this.#open.add(value)
    const read = this.#make(value, name)
    this.#open.delete(value)
    this.#known.set(value, read)
    return read
  }

  #make(value: PickleValue, name: string): ScriptValue {
    switch (value.kind) {
      case 'none':
        return NONE
      case 'bool':
        return bool(value.value)
      case 'int':
        return int(value.value)
      case 'long':
        return longNumber(value.value)
      case 'float':
        return float(value.value)
      case 'text':
        return text(value.value)
      case 'tuple':
        return tuple(this.#items(value.items, name))
      case 'list':
        return list(this.#items(value.items, name))
      case 'dict':
        return this.#dict(value, name)
      case 'object':
        return this.#object(value, name)
      default:
        return opaque(value.kind === 'global' ? value.name : value.kind)
    }
  }

  #items(items: readonly PickleValue[], name: string): ScriptValue[] {
    return items.map((item, index) => this.read(item, below(name, String(index))))
  }

  #dict(value: PickleValue, name: string): ScriptDict {
    const entries = new Map<string | number | boolean, ScriptValue>()
    for (const [key, item] of entriesOf(value) ?? []) {
      if (key.kind !== 'text' && key.kind !== 'int' && key.kind !== 'float' && key.kind !== 'bool')
        throw this.#fail(`a key of ${name || 'the module'} is a ${key.kind}`)
      entries.set(key.value, this.read(item, below(name, String(key.value))))
    }
    return { kind: 'dict', entries }
  }

  #object(value: PickleObject, name: string): ScriptValue {
    const stored = storedTensor(value)
    if (stored !== undefined) return this.#tensor(stored, name)
    const made = madeBy(value)
    const inner = made === 'torch.device' ? (argumentsOf(value)[0] ?? value) : withoutTypeTag(value)
    if (inner !== value) return this.read(inner, name)
    // A class of the file may be called a dict, as ModuleDict is: it has a state.
    if (value.state === undefined && entriesOf(value) !== undefined) return this.#dict(value, name)
    const attributes = new Map<string, ScriptValue>()
    // A member of an Enum is made from its value, which stands alone where a tuple would be expected.
    const member = made.startsWith('__torch__.') && value.args.kind !== 'tuple' ? value.args : undefined
    if (member !== undefined) attributes.set('value', this.read(member, below(name, 'value')))
    for (const [key, item] of (value.state === undefined ? undefined : entriesOf(value.state)) ?? [])
      if (key.kind === 'text') attributes.set(key.value, this.read(item, below(name, key.value)))
    return { kind: 'object', type: made, attributes }
  }

  #tensor(stored: StoredTensor, name: string): ScriptValue {
    const { storage, offset, shape, strides } = stored
    const place = JSON.stringify([storage?.key, storage?.type, offset, shape, strides])
    const known = this.#tensors.get(place)
    if (known !== undefined) return known
    const contents = storage && this.#place.storage(storage.key)
    const located = locatedTensor(name, stored, contents, this.#place.path)
    this.#expansion.add(located, contents, this.#place.path)
    const { trainable: _, ...constant } = located
    const trainable = this.#place.isTrainable(stored)
    const initializer = trainable === undefined ? constant : { ...constant, trainable }
    const made = tensor({ name, known: constantValue(initializer), initializer })
    this.#tensors.set(place, made)
    return made
  }

  #fail(what: string): FormatError {
    return new FormatError('E_TORCH_VALUE', `${this.#place.path} is damaged: ${what}`, {
      hint: 'download the file or save the model again',
    })
  }
}

const longNumber = (value: bigint): ScriptValue => whole(value) ?? opaque('a whole number of more than 64 bits')

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** What no program of a model computes with, e.g. a random generator. */
const opaque = (type: string): ScriptValue => ({ kind: 'object', type, attributes: new Map() })
