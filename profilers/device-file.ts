/** Reads the small text files in which a kernel shows its counters, into one buffer that is used again and again. */
import { closeSync, openSync, readSync } from 'node:fs'

/** Enough for every counter file and for the first line of `/proc/stat`. */
const buffer = Buffer.allocUnsafe(4096)

/**
 * Opens, reads and closes at every call, so that a lost permission or a vanished device is noticed.
 *
 * @returns the first 4096 bytes without white space at the ends
 * @throws the system's error, with its `code`
 */
export function readDeviceText(path: string): string {
  const file = openSync(path, 'r')
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0)).trim()
  } finally {
    closeSync(file)
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

/** @returns the file's one whole number, or `undefined` when its text is anything else */
export function parseCounter(text: string): number | undefined {
  return /^\d{1,20}$/.test(text) ? Number(text) : undefined
}

/** @returns `code` of a system error such as `EACCES`, or a word for anything else */
export function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : 'an unknown error'
}
