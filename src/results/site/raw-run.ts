/** The whole record of a listed run, from the file that the leaderboard names, if it is still the same file. */
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FormatError } from '../../core/errors.js'
import type { ResultRecord } from '../../core/record.js'
import { parseRecord } from '../../core/validate-record.js'
import type { RawFile } from '../leaderboard/leaderboard.js'
import { parsedRecord } from '../read-record.js'

/** The record, or why there is none. */
export type RawRun = { readonly record: ResultRecord } | { readonly reason: string }

const MOST_BYTES = 256 * 2 ** 20

/** Reads files below or beside one leaderboard; several records of one file are read one after the other. */
export class RawRuns {
  private last: { readonly path: string; readonly content: unknown } | undefined

  /** @param folder - of the leaderboard; paths start there */
  constructor(private readonly folder: string) {}

  /**
   * Nothing but a record with this digest and `id` is ever given out, wherever the path may point.
   *
   * @returns a reason for readers of the page where the file is not there, has changed, or holds something else
   */
  async read(raw: RawFile, id: string): Promise<RawRun> {
    try {
      const content = await this.contentOf(raw)
      const listed = parseRecord(Array.isArray(content) ? content[raw.index] : content)
      const record = competitorIn(listed, id) ?? listed
      return record.id === id ? { record } : { reason: 'its file now holds another record there' }
    } catch (cause) {
      return { reason: reasonOf(cause, raw.path) }
    }
  }

  private async contentOf({ path, sha256 }: RawFile): Promise<unknown> {
    const place = resolve(this.folder, path)
    if (this.last?.path === place) return this.last.content
    const bytes = await readBounded(place)
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new RawFileError('its file has changed since the leaderboard was made')
    }
    const content = parsedRecord(path, bytes.toString('utf8'))
    this.last = { path: place, content }
    return content
  }
}

/** A run that stands in the record of a comparison. */
const competitorIn = (listed: ResultRecord, id: string): ResultRecord | undefined =>
  listed.kind === 'comparison' ? listed.records.find((record) => record.id === id) : undefined

/** Its message is fit for a page. */
class RawFileError extends Error {}

/** In words for a page, which names no folder of the machine. */
function reasonOf(cause: unknown, path: string): string {
  if (cause instanceof RawFileError) return cause.message
  if (cause instanceof FormatError) return `its file: ${cause.message.replace(`${path}: `, '')}`
  if (cause instanceof Error && 'code' in cause) return `its file cannot be read (${cause.code})`
  return `its file cannot be shown: ${cause instanceof Error ? cause.message : String(cause)}`
}

async function readBounded(path: string): Promise<Buffer> {
  const found = await stat(path).catch(() => undefined)
  // Opening a pipe would wait for whoever writes into it.
  if (found === undefined || !found.isFile()) throw new RawFileError('its file is not where the leaderboard says')
  if (found.size > MOST_BYTES) throw new RawFileError('its file is too large')
  await using file = await open(path, 'r')
  return await file.readFile()
}
