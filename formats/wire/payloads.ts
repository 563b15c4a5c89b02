/** Values of messages that are not decoded: small ones are held, large ones stay in the file until they are asked for. */
import type { FieldRun, Payload } from '../../src/graph/protobuf-schema.js'
import type { RandomAccessFile } from '../random-access-file.js'

/** Payloads up to this size are read at once: they lie in the window, and are mostly shapes that counting asks for. */
export const EAGER_BYTES = 1024

/** A small payload that was read with the message around it. */
export class HeldPayload implements Payload {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get byteLength(): number {
    return this.#bytes.length
  }

  read(): Uint8Array {
    return this.#bytes
  }
}

/** A run that grows while its field goes on. */
export class OpenRun implements FieldRun {
  readonly #file: RandomAccessFile
  readonly start: number
  end: number
  valueBytes: number
  isPacked: boolean
  #kept: Uint8Array | undefined

  constructor(file: RandomAccessFile, start: number, end: number, valueBytes: number, isPacked: boolean) {
    this.#file = file
    this.start = start
    this.end = end
    this.valueBytes = valueBytes
    this.isPacked = isPacked
  }

  get byteLength(): number {
    return this.end - this.start
  }

  extend(end: number, valueBytes: number): void {
    this.end = end
    this.valueBytes += valueBytes
    this.isPacked = false
    this.#kept = undefined
  }

  keep(bytes: Uint8Array): void {
    this.#kept = bytes
  }

  read(): Uint8Array {
    return this.#kept ?? this.#file.region(this.start, this.byteLength).read()
  }

  readValues(): Uint8Array {
    return (
      this.#kept?.slice(this.byteLength - this.valueBytes) ??
      this.#file.region(this.end - this.valueBytes, this.valueBytes).read()
    )
  }
}
