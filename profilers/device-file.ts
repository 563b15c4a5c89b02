/** Reads the small text files in which a kernel shows its counters. */
import { closeSync, constants, openSync, readSync } from 'node:fs'

/** Enough for every counter file and for the first line of `/proc/stat`. */
const buffer = Buffer.allocUnsafe(4096)

/**
 * @returns the first 4096 bytes without white space at the ends
 * @throws the system's error, with its `code`
 */
export function readDeviceText(path: string): string {
  const file = new DeviceFile(path)
  try {
    return file.readText().trim()
  } finally {
    file.close()
  }
}

/** @returns the text, or `undefined` where the file is not there or cannot be read: facts about a machine are optional */
export function textIfThere(path: string): string | undefined {
  try {
    return readDeviceText(path)
  } catch {
    // Each kernel shows other files; what it does not show is not known.
    return undefined
  }
}

/** @returns the text's one whole number, or `undefined` when it is anything else */
export function parseCounter(text: string): number | undefined {
  return /^\d{1,20}$/.test(text) ? Number(text) : undefined
}

/** @returns `code` of a system error such as `EACCES`, or a word for anything else */
export function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : 'an unknown error'
}

/**
 * A file that is read again and again: it is kept open, since opening takes longer than reading, and opened again after
 * a failure, so that a device that comes back is read again.
 */
export class DeviceFile {
  readonly #path: string
  #file: number | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** @throws the system's error, with its `code` */
  readText(): string {
    return buffer.toString('latin1', 0, this.#fill())
  }

  /**
   * @returns the file's one whole number, or `undefined` when its text is anything else
   * @throws the system's error, with its `code`
   */
  readCounter(): number | undefined {
    return wholeNumber(buffer, this.#fill())
  }

  /**
   * Reads the whole numbers of the first line, e.g. `cpu  10 20 30`.
   *
   * @param label - what the line begins with, before the first space
   * @param numbers - filled from its start
   * @returns how many there are, at most as many as fit; 0 when the line begins otherwise
   * @throws the system's error, with its `code`
   */
  readLine(label: string, numbers: Float64Array): number {
    return wholeNumbersOfLine(this.#fill(), label, numbers)
  }

  close(): void {
    const file = this.#file
    this.#file = undefined
    if (file !== undefined) closeSync(file)
  }

  /** @returns bytes read into the buffer, from the start of the file */
  #fill(): number {
    this.#file ??= openDevice(this.#path)
    try {
      return readSync(this.#file, buffer, 0, buffer.length, 0)
    } catch (error) {
      this.close()
      throw error
    }
  }
}

/**
 * A pipe in the place of a device file would make opening it wait for a writer; so opened, reading it fails instead.
 *
 * @returns a file descriptor
 * @throws the system's error, with its `code`
 */
export function openDevice(path: string): number {
  // Windows has no such flag, and no such files.
  return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
}

const [ZERO, NINE, NEWLINE, SPACE] = [48, 57, 10, 32]
/** More digits than a 64-bit counter has. */
const MOST_DIGITS = 20

/**
 * Reads the digits where they lie: for a sampling thread that wakes up rarely, with cold caches, this takes two thirds
 * of the time of a text and a pattern.
 *
 * @param bytes - of which the first `length` are the file's
 * @returns `undefined` when they are anything else than one number
 */
export function wholeNumber(bytes: Uint8Array, length: number): number | undefined {
  const end = bytes[length - 1] === NEWLINE ? length - 1 : length
  if (end < 1 || end > MOST_DIGITS) return undefined
  let value = 0
  for (let index = 0; index < end; index++) {
    const byte = bytes[index] ?? 0
    if (byte < ZERO || byte > NINE) return undefined
    value = value * 10 + byte - ZERO
  }
  return value
}

/** As above. */
function wholeNumbersOfLine(length: number, label: string, numbers: Float64Array): number {
  if (length <= label.length || buffer[label.length] !== SPACE) return 0
  for (let index = 0; index < label.length; index++) if (buffer[index] !== label.charCodeAt(index)) return 0
  let count = 0
  for (let index = label.length; index < length; index++) {
    const byte = buffer[index] ?? NEWLINE
    if (byte < ZERO || byte > NINE) {
      if (byte === NEWLINE || (count === numbers.length && byte === SPACE)) break
      continue
    }
    if (buffer[index - 1] === SPACE) numbers[count++] = byte - ZERO
    else numbers[count - 1] = (numbers[count - 1] ?? 0) * 10 + byte - ZERO
  }
  return count
}
