/** Records from disk: bounded before they are read, checked after, and brought up to the schema of today. */
import type { Dir } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FormatError } from '../core/errors.js'
import type { InferenceRecord, ResultRecord } from '../core/record.js'
import { parseRecord } from '../core/validate-record.js'
import { contradictionIn } from './contradiction.js'
import type { LeftOut } from './left-out.js'
import { readRecordBytes, unreadable } from './record-bytes.js'

/** Folders that nest deeper, or hold more files, are not folders of results. */
const MOST_DEPTH = 32
const MOST_FILES = 100_000
/** Names that are asked for at once: a folder of thousands is listed three times as fast as by 32. */
const LISTING = { bufferSize: 1024 }

/**
 * Reads a file that `--json` wrote: one record, or a list of them.
 *
 * @returns the records in the order of the file; those of an older schema as they would be written today
 * @throws {FormatError} `E_RECORD_...` with the path, and the place in the list, when it is something else or contradicts
 * itself
 */
export async function readRecords(path: string): Promise<readonly ResultRecord[]> {
  return recordsIn(path, parsedRecord(path, readRecordBytes(path).toString('utf8')))
}

/**
 * @param path - for messages
 * @param text - of the whole file
 * @throws {FormatError} `E_RECORD_INVALID` when it is no JSON
 */
export function parsedRecord(path: string, text: string): unknown {
  try {
    // Some editors put a byte order mark before it.
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new FormatError('E_RECORD_INVALID', `${path}: not JSON`, {
      hint: 'records are the JSON files that greenbench writes with --json; one that is cut off must be measured again',
      cause,
    })
  }
}

/**
 * @param path - for messages
 * @param json - of the whole file, parsed
 * @throws {FormatError} as `readRecords`
 */
export function recordsIn(path: string, json: unknown): readonly ResultRecord[] {
  if (!Array.isArray(json)) return [parseAt(path, json)]
  return json.map((record: unknown, index) =>
    parseAt(json.length === 1 ? path : `${path}, record ${index + 1}`, record),
  )
}

/** @returns the timed runs among the records, those that a comparison holds included, each once */
export function inferencesOf(records: readonly ResultRecord[]): readonly InferenceRecord[] {
  const runs = records.flatMap((record) => {
    if (record.kind === 'comparison') return record.records
    return record.kind === 'inference' ? [record] : []
  })
  return [...new Map(runs.map((record) => [record.id, record])).values()]
}

/** What lies in a folder of results. */
export interface FoundFiles {
  /** In the order of their paths. A folder that may not be listed stands there itself, so that whoever reads it is told why. */
  readonly files: readonly string[]
  /** Links to files and folders that would have been looked at; they are not followed, since they may lead in circles. */
  readonly links: readonly string[]
}

/** Why a link is left out, and the way out. */
export const LINK_NOT_FOLLOWED = 'a link, which is not followed: name it beside the folder to have it read'

/** What lies at several paths together. */
export interface RecordFiles {
  /** Each once. */
  readonly files: readonly string[]
  /** Links within folders, but for those that are named themselves. */
  readonly leftOut: readonly LeftOut[]
}

/**
 * @param paths - files, and folders that are looked through
 * @throws {FormatError} as `findRecordFiles`
 */
export async function recordFilesIn(paths: readonly string[]): Promise<RecordFiles> {
  const found: FoundFiles[] = []
  for (const path of paths) found.push(await findRecordFiles(path))
  const files = byPlace(found.flatMap((one) => one.files))
  const links = byPlace(found.flatMap((one) => one.links))
  for (const place of [...files.keys(), ...byPlace(paths).keys()]) links.delete(place)
  return {
    files: [...files.values()],
    leftOut: [...links.values()].map((what) => ({ what, reason: LINK_NOT_FOLLOWED })),
  }
}

const byPlace = (paths: readonly string[]) => new Map(paths.map((path) => [resolve(path), path]))

/**
 * @param path - a file, or a folder
 * @returns the file itself, or all `.json` files below the folder
 * @throws {FormatError} `E_RECORD_READ` when nothing can be read there, `E_RECORD_SIZE` for too many files
 */
export async function findRecordFiles(path: string): Promise<FoundFiles> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (!found.isDirectory()) return { files: [path], links: [] }
  const entries = await opendir(path, LISTING).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  const all = { files: [] as string[], links: [] as string[] }
  await collectFiles(path, entries, all, 1)
  return { files: all.files.sort(byPath), links: all.links.sort(byPath) }
}

const byPath = (one: string, other: string): number => (one < other ? -1 : 1)

async function collectFiles(
  folder: string,
  entries: Dir,
  found: { readonly files: string[]; readonly links: string[] },
  depth: number,
): Promise<void> {
  if (depth > MOST_DEPTH) throw new FormatError('E_RECORD_SIZE', `${folder} nests deeper than ${MOST_DEPTH} folders`)
  const { files, links } = found
  for await (const entry of entries) {
    const path = join(folder, entry.name)
    const below = entry.isDirectory() ? await opendir(path, LISTING).catch(() => undefined) : undefined
    if (below !== undefined) await collectFiles(path, below, found, depth + 1)
    else if (entry.isDirectory() || (entry.isFile() && entry.name.endsWith('.json'))) files.push(path)
    else if (entry.isSymbolicLink() && (entry.name.endsWith('.json') || (await leadsToFolder(path)))) links.push(path)
    if (files.length + links.length > MOST_FILES) {
      throw new FormatError('E_RECORD_SIZE', `${folder}: more than ${MOST_FILES} files`)
    }
  }
}

const leadsToFolder = (link: string): Promise<boolean> =>
  stat(link).then(
    (found) => found.isDirectory(),
    () => false,
  )

function parseAt(place: string, json: unknown): ResultRecord {
  try {
    return withoutContradiction(parseRecord(json))
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    throw new FormatError(cause.code, `${place}: ${cause.message}`, { cause, hint: cause.hint })
  }
}

function withoutContradiction(record: ResultRecord): ResultRecord {
  const runs = record.kind === 'comparison' ? record.records : record.kind === 'inspection' ? [] : [record]
  for (const run of runs) {
    const problem = contradictionIn(run)
    if (problem !== undefined) {
      throw new FormatError('E_RECORD_CONTRADICTION', `the record contradicts itself: ${problem}`, {
        hint: 'records are the JSON files that greenbench writes with --json, unchanged',
      })
    }
  }
  return record
}
