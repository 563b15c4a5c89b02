/** Reads the fields of a config, which is foreign JSON: each with the kind it must have, named where it has not. */
import { quoted } from '../../src/core/quoted.js'
import { configError } from './keras-errors.js'

/** Largest size of an axis, window or step that is believed. */
const LARGEST_SIZE = 2 ** 31 - 1

/** A JSON object, or none: absent fields and `null` are the same. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #owner: string

  /** @param owner - whose config it is, for messages */
  constructor(value: unknown, owner: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw configError(`${owner}: its config is not an object`)
    }
    this.#values = value as Readonly<Record<string, unknown>>
    this.#owner = owner
  }

  /** @returns the value as it stands; `undefined` for `null` too */
  get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined
  }

  /** @returns all values as they stand */
  all(): Readonly<Record<string, unknown>> {
    return this.#values
  }

  /** @returns the first of several spellings that is there */
  any(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }

  text(name: string): string | undefined {
    const value = this.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.#wrong(name, 'a text', value)
  }

  flag(name: string, fallback = false): boolean {
    const value = this.get(name)
    if (value === undefined) return fallback
    // Some exporters write 1 for true.
    if (value === 1 || value === 0) return value === 1
    if (typeof value === 'boolean') return value
    throw this.#wrong(name, 'true or false', value)
  }

  number(name: string, fallback: number): number {
    return this.#number(name, this.get(name) ?? fallback)
  }

  /** @returns a number, or `undefined` where the field is absent */
  optionalNumber(...names: readonly string[]): number | undefined {
    const value = this.any(...names)
    return value === undefined ? undefined : this.#number(names[0] ?? '', value)
  }

  /** @returns a whole number of at least `least` */
  size(names: string | readonly string[], fallback?: number, least = 1): number {
    const list = typeof names === 'string' ? [names] : names
    const value = this.any(...list) ?? fallback
    return this.#size(list[0] ?? '', value, least)
  }

  /** @returns `count` whole numbers; a single number stands for all */
  sizes(names: string | readonly string[], count: number, fallback?: number | readonly number[], least = 1): number[] {
    const list = typeof names === 'string' ? [names] : names
    const name = list[0] ?? ''
    const value = this.any(...list) ?? fallback
    const values: readonly unknown[] = Array.isArray(value) ? value : Array.from({ length: count }, () => value)
    if (values.length !== count) throw this.#wrong(name, `${count} numbers`, value)
    return values.map((entry) => this.#size(name, entry, least))
  }

  /** @returns an object of the config */
  object(name: string): Fields | undefined {
    const value = this.get(name)
    return value === undefined ? undefined : new Fields(value, `${this.#owner}.${name}`)
  }

  #size(name: string, value: unknown, least: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= LARGEST_SIZE) return value
    throw this.#wrong(name, `a whole number of at least ${least}`, value)
  }

  #number(name: string, value: unknown): number {
    if (typeof value === 'number' && !Number.isNaN(value)) return value
    // Keras 3 wraps some numbers: { class_name: '__numpy__', config: { value, dtype } }.
    if (typeof value === 'object' && value !== null && 'config' in value) {
      return new Fields(value.config, `${this.#owner}.${name}`).number('value', Number.NaN)
    }
    throw this.#wrong(name, 'a number', value)
  }

  #wrong(name: string, expected: string, found: unknown) {
    const shown = quoted(JSON.stringify(found)?.slice(0, 60) ?? 'nothing')
    return configError(`${this.#owner}: ${quoted(name)} is ${shown}, expected ${expected}`)
  }
}
