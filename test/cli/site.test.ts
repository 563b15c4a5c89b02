import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildLeaderboard } from '../../src/results/leaderboard/build-leaderboard.js'
import { runCli, temporaryFolder } from '../helpers/run-cli.js'
import { sampleRecord } from '../helpers/sample-leaderboard.js'
import { sampleRun } from '../helpers/sample-runs.js'

const run = (folder: string, ...args: readonly string[]) => runCli(['leaderboard', ...args], { folder })

/** Of models that ran on a machine each. */
const boardOf = (...models: readonly string[]) =>
  buildLeaderboard({
    runs: models.map((model) => sampleRun({ id: model, model, cpu: `CPU of ${model}` })),
    training: [],
    leftOut: [],
  })

/** A folder with a leaderboard of one run whose file is gone. */
function withLeaderboard(): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'leaderboard.json'), JSON.stringify(boardOf('resnet18')))
  return folder
}

test('a leaderboard becomes a folder of pages, and what is missing is told', async () => {
  const folder = withLeaderboard()
  const { code, stdout } = await run(folder, 'site', 'leaderboard.json', '-o', 'pages')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 run; 1 without samples') })
  expect(readFileSync(join(folder, 'pages', 'index.html'), 'utf8')).toContain('resnet18')
})

test('a leaderboard whose ranks do not follow from its runs is not published', async () => {
  const folder = temporaryFolder()
  const board = boardOf('resnet18')
  for (const entry of board.groups.flatMap(({ entries }) => entries)) entry.rank = 9
  writeFileSync(join(folder, 'leaderboard.json'), JSON.stringify(board))
  const { code, stderr } = await run(folder, 'site', 'leaderboard.json', '-o', 'pages')
  expect(code).toBe(1)
  expect(stderr).toContain('leaderboard.json: $.groups[0].entries[0].rank is 9, the runs give 1')
  expect(existsSync(join(folder, 'pages'))).toBe(false)
})

test('pages are not written among other files', async () => {
  const folder = withLeaderboard()
  const { code, stderr } = await run(folder, 'site', 'leaderboard.json', '-o', '.')
  expect(code).toBe(1)
  expect(stderr).toContain('holds other files (leaderboard.json)')
})

test('an appendix groups runs by a file of YAML', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'run.json'), JSON.stringify(sampleRecord(1)))
  writeFileSync(join(folder, 'groups.yaml'), 'All models:\n  filter: ""\n')
  const { code, stdout } = await run(folder, 'appendix', 'groups.yaml', 'run.json', '-o', 'pages', '--no-data')
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 group of 1 run') })
  expect(existsSync(join(folder, 'pages', 'groups', 'all-models.html'))).toBe(true)
  expect(existsSync(join(folder, 'pages', 'data'))).toBe(false)
})

test('a specification with a fault is refused at its place', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'groups.json'), '{"All": {"filter": "", "order": "up"}}')
  const { code, stderr } = await run(folder, 'appendix', 'groups.json', '.', '-o', 'pages')
  expect(code).toBe(1)
  expect(stderr).toContain('groups.json: "All" must NOT have additional properties: "order"')
})

test('each group of the tables has a name of its own', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'leaderboard.json'), JSON.stringify(boardOf('resnet18', 'mobilenet')))
  await run(folder, 'site', 'leaderboard.json', '-o', 'site')
  const page = readFileSync(join(folder, 'site/index.html'), 'utf8')
  const names = [...page.matchAll(/<section class="group"[^>]* aria-labelledby="([^"]*)"/g)].map(([, ids = '']) =>
    ids.split(' ').map((id) => new RegExp(` id="${id}">(.*?)</h`).exec(page)?.[1]),
  )
  expect(names.length).toBeGreaterThan(1)
  expect(new Set(names.map((name) => name.join(' '))).size).toBe(names.length)
})
