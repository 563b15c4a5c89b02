/** The memory of a pickle that is being read: a stack with marks, and what it noted to refer to again. */
import type { PickleBytes } from './pickle-bytes.js'
import type { PickleObject, PickleValue } from './pickle-value.js'

/** Every mistake of the pickle throws `FormatError` `E_PICKLE`. */
export class PickleStack {
  readonly bytes: PickleBytes
  readonly #values: PickleValue[] = []
  /** Heights of the stack at which lists that are being collected begin. */
  readonly #marks: number[] = []
  readonly #noted = new Map<number, PickleValue>()
  /** What the pickle names that lies outside of it. */
  readonly persistentIds: PickleValue[] = []

  constructor(bytes: PickleBytes) {
    this.bytes = bytes
  }

  push(value: PickleValue): void {
    this.#values.push(value)
  }

  pop(): PickleValue {
    const value = this.#values.length > (this.#marks.at(-1) ?? 0) ? this.#values.pop() : undefined
    if (value === undefined) throw this.bytes.fail('a value is missing')
    return value
  }

  /** @returns the last values, first one first */
  popMany(count: number): PickleValue[] {
    const values = Array.from({ length: count }, () => this.pop())
    return values.reverse()
  }

  top(): PickleValue {
    const value = this.#values.at(-1)
    if (value === undefined) throw this.bytes.fail('a value is missing')
    return value
  }

  mark(): void {
    this.#marks.push(this.#values.length)
  }

  /** @returns what came since the last mark */
  popToMark(): PickleValue[] {
    const start = this.#marks.pop()
    if (start === undefined) throw this.bytes.fail('a mark is missing')
    return this.#values.splice(start)
  }

  note(index: number): void {
    this.#noted.set(index, this.top())
  }

  /** Under the next free number. */
  noteNext(): void {
    this.note(this.#noted.size)
  }

  pushNoted(index: number): void {
    const value = this.#noted.get(index)
    if (value === undefined) throw this.bytes.fail(`value ${index} was not noted`)
    this.push(value)
  }

  pushPersistent(id: PickleValue): void {
    this.persistentIds.push(id)
    this.push({ kind: 'persistent', id })
  }

  pushObject(callee: PickleValue, args: PickleValue): void {
    this.push({ kind: 'object', callee, args, items: [], entries: [] })
  }

  /** Sets what the attributes of the object on top come from. */
  build(state: PickleValue): void {
    const target: PickleValue = this.top()
    if (target.kind !== 'object') throw this.bytes.fail(`a ${target.kind} has no attributes`)
    const object: PickleObject = target
    object.state = state
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top()
    if (target.kind !== 'list' && target.kind !== 'set' && target.kind !== 'object')
      throw this.bytes.fail(`a ${target.kind} takes no items`)
    for (const item of items) target.items.push(item)
  }

  setItems(pairs: readonly PickleValue[]): void {
    const target = this.top()
    if (target.kind !== 'dict' && target.kind !== 'object') throw this.bytes.fail(`a ${target.kind} takes no keys`)
    for (const pair of this.pairs(pairs)) target.entries.push(pair)
  }

  pairs(values: readonly PickleValue[]): [PickleValue, PickleValue][] {
    if (values.length % 2 !== 0) throw this.bytes.fail('a key has no value')
    return Array.from({ length: values.length / 2 }, (_, index) => [
      values[2 * index] as PickleValue,
      values[2 * index + 1] as PickleValue,
    ])
  }
}
