/** Live figures on disk for five minutes, so that runs one after another do not ask again. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { gramsPerKwh } from '../../core/units.js'
import { type LiveReading, valueIn } from './live-source.js'

/** Sources change every 5 to 30 minutes. */
export const CACHE_MILLISECONDS = 5 * 60_000
const MOST_BYTES = 4096

/** The folder for caches of this user. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment.XDG_CACHE_HOME
  if (own !== undefined && own !== '') return join(own, 'greenbench')
  if (platform() === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), 'greenbench', 'cache')
  return join(homedir(), platform() === 'darwin' ? 'Library/Caches' : '.cache', 'greenbench')
}

/** @returns `undefined` when nothing fresh and whole is there */
export async function readCached(folder: string, key: string, now: Date): Promise<LiveReading | undefined> {
  try {
    await using file = await open(fileOf(folder, key), 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0)
    return readingOf(JSON.parse(buffer.toString('utf8', 0, bytesRead)), now)
  } catch {
    return undefined
  }
}

/** A cache that cannot be written is no reason to fail. */
export async function writeCached(folder: string, key: string, reading: LiveReading, now: Date): Promise<void> {
  const path = fileOf(folder, key)
  const temporary = `${path}.${randomUUID()}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(temporary, JSON.stringify({ ...reading, fetchedAt: now }), { mode: 0o600 })
    await rename(temporary, path)
  } catch {
    await rm(temporary, { force: true }).catch(() => {})
  }
}

const fileOf = (folder: string, key: string): string =>
  join(folder, `carbon-${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)

function readingOf(entry: unknown, now: Date): LiveReading | undefined {
  const [grams, source, basis] = ['gramsPerKwh', 'source', 'basis'].map((key) => valueIn(entry, key))
  const [at, fetchedAt] = ['at', 'fetchedAt'].map((key) => new Date(String(valueIn(entry, key))))
  const age = now.getTime() - (fetchedAt?.getTime() ?? Number.NaN)
  if (typeof grams !== 'number' || !(grams >= 0) || typeof source !== 'string' || typeof basis !== 'string')
    return undefined
  if (!(age >= 0 && age < CACHE_MILLISECONDS) || at === undefined || Number.isNaN(at.getTime())) return undefined
  return { gramsPerKwh: gramsPerKwh(grams), at, source, basis }
}
