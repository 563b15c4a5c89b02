/** What a command writes, held against what it reads: no result may take the place of what it is made from. */
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isBelow } from '../../formats/resolve-inside.js'
import { UsageError } from '../core/errors.js'
import { STANDARD_OUTPUT } from './text-output.js'

/** Paths by what the user calls them, e.g. `--json`. */
export type Outputs = Readonly<Record<string, string | undefined>>

/** How a file belongs to what a command reads: it was named, lies below a named folder, or beside a named file with its name as the beginning. */
export type Belonging = 'named' | 'below' | 'beside'

/** A file or folder that a command reads. */
export interface Source {
  readonly path: string
  /** @returns whether this file, which exists, is read */
  reads(file: string, how: Belonging): boolean
}

/**
 * Links are followed, and a file is known by whatever name it has. Devices and pipes are never taken for what is read.
 *
 * @throws {UsageError} `E_OUTPUT_CHOICE` when two outputs are one file, or an output is one of the files that are read
 */
export async function refuseOverwriting(outputs: Outputs, sources: readonly Source[]): Promise<void> {
  const places = new Map<string, string>()
  for (const [name, path] of Object.entries(outputs)) {
    if (path === undefined) continue
    const place = await placeOf(path)
    const other = places.get(place)
    if (other !== undefined) throw sharedOutput(other, name, path)
    places.set(place, name)
    const source = await sourceWith(path, sources)
    if (source !== undefined) throw overwriting(name, path, source)
  }
}

/**
 * The same for a folder whose files are replaced.
 *
 * @throws {UsageError} `E_OUTPUT_CHOICE` when something that is read lies in it
 */
export async function refuseReplacing(name: string, folder: string, sources: readonly string[]): Promise<void> {
  const root = await realpath(folder).catch(() => undefined)
  if (root === undefined) return
  for (const path of sources) {
    const real = await realpath(path).catch(() => undefined)
    if (real !== undefined && isBelow(root, real)) throw overwriting(name, folder, { path })
  }
}

/** Two paths have one place where they are one file. */
async function placeOf(path: string): Promise<string> {
  if (path === STANDARD_OUTPUT) return path
  const file = await fileAt(path)
  if (file !== undefined) return `${file.dev} ${file.ino}`
  return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path))
}

/** Numbers of files may have more digits than a double holds. */
const fileAt = (path: string) => stat(path, { bigint: true }).catch(() => undefined)

async function sourceWith(output: string, sources: readonly Source[]): Promise<Source | undefined> {
  const file = output === STANDARD_OUTPUT ? undefined : await fileAt(output)
  if (file === undefined || !file.isFile()) return undefined
  const real = await realpath(output)
  for (const source of sources) {
    const root = await fileAt(source.path)
    if (root === undefined) continue
    const isNamed = root.dev === file.dev && root.ino === file.ino
    const how = isNamed ? 'named' : belonging(real, await realpath(source.path), root.isDirectory())
    if (how !== undefined && source.reads(real, how)) return source
  }
  return undefined
}

function belonging(file: string, root: string, isFolder: boolean): Belonging | undefined {
  if (isFolder) return isBelow(root, file) ? 'below' : undefined
  return file.startsWith(root) ? 'beside' : undefined
}

const sharedOutput = (one: string, other: string, path: string): UsageError =>
  new UsageError(
    'E_OUTPUT_CHOICE',
    `${one} and ${other} cannot both go to ${path === STANDARD_OUTPUT ? 'standard output' : path}`,
    { hint: 'give each a file of its own' },
  )

const overwriting = (name: string, path: string, source: Pick<Source, 'path'>): UsageError =>
  new UsageError('E_OUTPUT_CHOICE', `${name} ${path} would write over what is read: ${source.path}`, {
    hint: 'choose another file to write',
  })
