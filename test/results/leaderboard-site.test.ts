import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeLeaderboardSite } from '../../src/results/site/leaderboard-site.js'
import { sampleLeaderboard, sampleRecord } from '../helpers/sample-leaderboard.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const NAMES = Array.from({ length: 20 }, (_, index) => `model ${index}`)

/** A leaderboard whose files are there, but for the last. */
function withRecords() {
  const top = temporaryFolder()
  const texts = NAMES.map((name, index) => JSON.stringify(sampleRecord(index, name)))
  const leaderboard = sampleLeaderboard(NAMES, (index) =>
    createHash('sha256')
      .update(texts[index] ?? '')
      .digest('hex'),
  )
  for (const [index, { raw }] of leaderboard.runs.entries()) {
    raw.path = `${index}.json`
    if (index < NAMES.length - 1) writeFileSync(join(top, raw.path), texts[index] ?? '')
  }
  return { top, leaderboard }
}

const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  )

test('on threads the same files are written as on none, and each page is told once', async () => {
  const { top, leaderboard } = withRecords()
  const write = async (threads: number) => {
    const folder = join(top, `with-${threads}`)
    const told: string[] = []
    const onProgress = (done: number, total: number) => told.push(`${done} of ${total}`)
    const options = { folder, leaderboardFolder: top, version: '1', withData: true, threads, onProgress }
    return { written: await writeLeaderboardSite(leaderboard, options), told, files: contents(folder) }
  }
  const plain = await write(0)
  expect(plain.told).toEqual(plain.told.map((_, index) => `${index + 1} of 41`))
  expect(plain.written).toEqual({ files: 85 - 20 - 1, runs: 20, withoutSamples: 1 })
  expect(await write(3)).toEqual(plain)
})

test.each([0, 2])('interrupted with %d threads nothing is left of a site', async (threads) => {
  const { top, leaderboard } = withRecords()
  const controller = new AbortController()
  const options = { folder: join(top, 'site'), leaderboardFolder: top, version: '1', withData: true, threads }
  const written = writeLeaderboardSite(leaderboard, {
    ...options,
    signal: controller.signal,
    onProgress: (done) => done === 5 && controller.abort(),
  })
  await expect(written).rejects.toMatchObject({ code: 'E_INTERRUPTED' })
  expect(readdirSync(top)).not.toContain('site')
})
