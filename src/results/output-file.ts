/** Files of results: tried before anything is measured, and written so that a reader never meets half of one. */
import { randomUUID } from 'node:crypto'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GreenbenchError } from '../core/errors.js'
import { placeOfFile } from '../graph/file-place.js'

/** A result cannot be written where it was asked for. */
export class OutputError extends GreenbenchError {}

/**
 * Tries whether a file could be written, and leaves no trace.
 *
 * @throws {OutputError} `E_OUTPUT` with what stands in the way
 */
export async function checkWritable(path: string): Promise<void> {
  await reporting(path, async () => {
    const target = await placeOfFile(path)
    if (target.isInPlace) return
    const trial = besides(target.path)
    await (await open(trial, 'wx')).close()
    await rm(trial)
  })
}

type Written = string | Uint8Array | Iterable<string | Uint8Array>

/**
 * Writes a file beside its place first, and moves it there in one step. Devices and pipes are written directly.
 *
 * @param text - or its parts in their order
 * @throws {OutputError} `E_OUTPUT` with what stands in the way; what was there before is then still there
 */
export async function writeOutput(path: string, text: Written): Promise<void> {
  await reporting(path, async () => {
    const { path: place, isInPlace, mode } = await placeOfFile(path)
    if (isInPlace) return writeInto(place, text, 'w')
    const unfinished = besides(place)
    try {
      await writeInto(unfinished, text, 'wx', mode)
      await rename(unfinished, place)
    } catch (cause) {
      await rm(unfinished, { force: true })
      throw cause
    }
  })
}

async function writeInto(path: string, text: Written, flags: string, mode?: number): Promise<void> {
  const file = await open(path, flags, mode)
  try {
    await writeFile(file, text)
    // The move must not become durable before the bytes; pipes and devices know no such thing.
    if (flags === 'wx') await file.sync()
  } finally {
    await file.close()
  }
}

const besides = (path: string): string => join(dirname(path), `.${basename(path).slice(0, 50)}.${randomUUID()}.part`)

async function reporting(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
}

/** @returns the error that says what kept it from being written */
export const cannotWrite = (place: string, cause: unknown): OutputError =>
  new OutputError('E_OUTPUT', `cannot write ${place}: ${reasonOf(cause)}`, {
    cause,
    hint: codeOf(cause) === 'ENOENT' ? 'make the folder first, or choose another place' : 'choose another place for it',
  })

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the folder does not exist',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a file stands where the folder should be',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
}

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

function reasonOf(cause: unknown): string {
  const code = codeOf(cause)
  const message = cause instanceof Error ? cause.message : String(cause)
  return typeof code === 'string' ? (REASONS[code] ?? message) : message
}
