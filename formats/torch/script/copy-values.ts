/** Copies of what a file holds, since following a program changes it. */
import { bool, ScriptTensor, type ScriptValue } from '../script-value.js'

/** Copies values that may hold each other; what is shared stays shared. */
export class Copier {
  readonly #copies = new Map<ScriptValue, ScriptValue>()
  /** Whether a module was saved in training mode: its copy is not. */
  wasTraining = false

  copy<T extends ScriptValue>(value: T): T {
    const known = this.#copies.get(value)
    if (known !== undefined) return known as T
    return this.#fresh(value) as T
  }

  #fresh(value: ScriptValue): ScriptValue {
    switch (value.kind) {
      case 'tensor':
        return this.#keep(value, new ScriptTensor(value.value, undefined, value.isNumber))
      case 'list': {
        const items: ScriptValue[] = []
        const copy = this.#keep(value, { kind: 'list', items })
        items.push(...value.items.map((item) => this.copy(item)))
        return copy
      }
      case 'tuple':
        return { ...value, items: value.items.map((item) => this.copy(item)) }
      case 'dict': {
        const entries = new Map<string | number | boolean, ScriptValue>()
        const copy = this.#keep(value, { kind: 'dict', entries })
        for (const [key, entry] of value.entries) entries.set(key, this.copy(entry))
        return copy
      }
      case 'object': {
        const attributes = new Map<string, ScriptValue>()
        const copy = this.#keep(value, { kind: 'object', type: value.type, attributes })
        for (const [name, attribute] of value.attributes) attributes.set(name, this.#attribute(name, attribute))
        return copy
      }
      default:
        return value
    }
  }

  #attribute(name: string, value: ScriptValue): ScriptValue {
    if (name !== 'training' || value.kind !== 'bool') return this.copy(value)
    if (value.value) this.wasTraining = true
    return bool(false)
  }

  #keep(value: ScriptValue, copy: ScriptValue): ScriptValue {
    this.#copies.set(value, copy)
    return copy
  }
}
