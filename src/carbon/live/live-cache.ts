/** Live figures on disk for five minutes, so that runs one after another do not ask again. */
import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, platform } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { checkedReading, type LiveReading, valueIn } from './live-source.js'

/** Sources change every 5 to 30 minutes. */
export const CACHE_MILLISECONDS = 5 * 60_000
const MOST_BYTES = 4096

/** The folder for caches of this user. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment.XDG_CACHE_HOME
  // A relative one is to be ignored by its specification: it would lead into whatever folder one works in.
  if (own !== undefined && isAbsolute(own)) return join(own, 'greenbench')
  if (platform() === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), 'greenbench', 'cache')
  return join(homedir(), platform() === 'darwin' ? 'Library/Caches' : '.cache', 'greenbench')
}

/** @returns `undefined` when nothing fresh and whole is there */
export async function readCached(folder: string, key: string, now: Date): Promise<LiveReading | undefined> {
  try {
    // A pipe of that name must not be waited for.
    await using file = await open(fileOf(folder, key), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
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

/** @throws {MeasurementError} for a figure that no source may tell, either */
function readingOf(entry: unknown, now: Date): LiveReading | undefined {
  const [grams, at, source, basis, fetchedAt] = ['gramsPerKwh', 'at', 'source', 'basis', 'fetchedAt'].map((key) =>
    valueIn(entry, key),
  )
  const age = now.getTime() - new Date(String(fetchedAt)).getTime()
  if (!(age >= 0 && age < CACHE_MILLISECONDS) || typeof source !== 'string' || typeof basis !== 'string')
    return undefined
  return checkedReading(grams, at, source, basis, now)
}
