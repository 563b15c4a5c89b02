/** Files of results: tried before anything is measured, and written so that a reader never meets half of one. */
import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GreenbenchError } from '../core/errors.js'

/** A result cannot be written where it was asked for. */
export class OutputError extends GreenbenchError {}

/** Where a file really goes, and how. */
interface Target {
  /** Links followed. */
  readonly path: string
  /** Mode of the regular file that stands there; devices and pipes are written in place. */
  readonly existing: { readonly isRegular: boolean; readonly mode: number } | undefined
}

/**
 * Tries whether a file could be written, and leaves no trace.
 *
 * @throws {OutputError} `E_OUTPUT` with what stands in the way
 */
export async function checkWritable(path: string): Promise<void> {
  await reporting(path, async () => {
    const target = await targetOf(path)
    if (target.existing?.isRegular === false) return
    const trial = besides(target.path)
    await (await open(trial, 'wx')).close()
    await rm(trial)
  })
}

/**
 * Writes a file beside its place first, and moves it there in one step. Devices and pipes are written directly.
 *
 * @throws {OutputError} `E_OUTPUT` with what stands in the way; what was there before is then still there
 */
export async function writeOutput(path: string, text: string | Uint8Array): Promise<void> {
  await reporting(path, async () => {
    const { path: place, existing } = await targetOf(path)
    if (existing?.isRegular === false) return writeInto(place, text, 'w')
    const unfinished = besides(place)
    try {
      await writeInto(unfinished, text, 'wx', existing?.mode)
      await rename(unfinished, place)
    } catch (cause) {
      await rm(unfinished, { force: true })
      throw cause
    }
  })
}

async function writeInto(path: string, text: string | Uint8Array, flags: string, mode?: number): Promise<void> {
  const file = await open(path, flags, mode)
  try {
    await file.writeFile(text)
    // The move must not become durable before the bytes; pipes and devices know no such thing.
    if (flags === 'wx') await file.sync()
  } finally {
    await file.close()
  }
}

/** @throws {OutputError} when a folder stands there */
async function targetOf(path: string): Promise<Target> {
  const found = await stat(path).catch(absent)
  if (found === undefined) return { path, existing: undefined }
  if (found.isDirectory()) throw new OutputError('E_OUTPUT', `cannot write ${path}: it is a folder`)
  return { path: await realpath(path), existing: { isRegular: found.isFile(), mode: found.mode & 0o777 } }
}

function absent(cause: unknown): undefined {
  if (codeOf(cause) !== 'ENOENT') throw cause
}

const besides = (path: string): string => join(dirname(path), `.${basename(path).slice(0, 50)}.${randomUUID()}.part`)

async function reporting(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (cause) {
    if (cause instanceof OutputError) throw cause
    throw new OutputError('E_OUTPUT', `cannot write ${path}: ${reasonOf(cause)}`, {
      cause,
      hint: 'choose another place for it',
    })
  }
}

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a file stands where the folder should be',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
}

function reasonOf(cause: unknown): string {
  const code = codeOf(cause)
  const message = cause instanceof Error ? cause.message : String(cause)
  return typeof code === 'string' ? (REASONS[code] ?? message) : message
}
