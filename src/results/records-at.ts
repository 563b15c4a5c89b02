/** Records of files and folders: what cannot be read is told of within a folder, and stops where it is named itself. */
import { resolve } from 'node:path'
import { FormatError } from '../core/errors.js'
import type { ResultRecord } from '../core/record.js'
import type { LeftOut } from './left-out.js'
import { readRecords, recordFilesIn } from './read-record.js'

/** Why a file with an empty list is left out. */
export const NO_RECORD = 'the list holds no record'

/** A record, and where it lies. */
export interface PlacedRecord {
  readonly record: ResultRecord
  readonly path: string
  /** In the list of its file. */
  readonly index: number
}

/** What lies at several paths, and what of it is no record. */
export interface PlacedRecords {
  readonly placed: readonly PlacedRecord[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * @param paths - files, and folders that are looked through
 * @throws {FormatError} as `findRecordFiles`, and as `readRecords` for a file that is one of the paths
 */
export async function placedRecordsAt(paths: readonly string[]): Promise<PlacedRecords> {
  const { files, leftOut: links } = await recordFilesIn(paths)
  const named = new Set(paths.map((path) => resolve(path)))
  const placed: PlacedRecord[] = []
  const unreadable: LeftOut[] = []
  for (const path of files) {
    try {
      const records = await readRecords(path)
      if (records.length === 0) unreadable.push({ what: path, reason: NO_RECORD })
      placed.push(...records.map((record, index) => ({ record, path, index })))
    } catch (cause) {
      if (!(cause instanceof FormatError) || named.has(resolve(path))) throw cause
      unreadable.push({ what: path, reason: reasonOf(cause, path) })
    }
  }
  return { placed, leftOut: [...unreadable, ...links] }
}

/** As `placedRecordsAt`, where it does not matter which file a record is from. */
export async function recordsAt(
  paths: readonly string[],
): Promise<{ readonly records: readonly ResultRecord[]; readonly leftOut: readonly LeftOut[] }> {
  const { placed, leftOut } = await placedRecordsAt(paths)
  return { records: placed.map(({ record }) => record), leftOut }
}

/** @returns why a file could not be read, without its path, which stands beside it */
export const reasonOf = ({ message }: Error, path: string): string =>
  message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message
