/** Every command that looks through a folder of results tells of the links there, how to have them read, and of foreign files. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../helpers/run-cli.js'
import { sampleRecord } from '../helpers/sample-runs.js'

/** `results/run.json`, `results/link.json` that leads to a run elsewhere, `only/link.json`, and a specification of an appendix. */
function resultsWithLink(): string {
  const folder = temporaryFolder()
  for (const name of ['results', 'only']) {
    mkdirSync(join(folder, name))
    symlinkSync('../elsewhere.json', join(folder, name, 'link.json'))
  }
  writeFileSync(join(folder, 'results', 'run.json'), JSON.stringify(sampleRecord({ id: 'run' })))
  writeFileSync(join(folder, 'elsewhere.json'), JSON.stringify(sampleRecord({ id: 'elsewhere' })))
  writeFileSync(join(folder, 'groups.json'), JSON.stringify({ All: { filter: '' } }))
  return folder
}

const NAME_IT = 'a link, which is not followed: name it beside the folder to have it read'
const REPLACE_IT = 'a link, which is not followed: put what it leads to in its place to have it read'

const COMMANDS: readonly (readonly [
  command: string,
  before: readonly string[],
  after: readonly string[],
  told: string,
])[] = [
  ['export', [], ['--to', 'csv', '--quiet'], `greenbench: left out results/link.json: ${NAME_IT}`],
  ['report', [], ['--format', 'csv', '--quiet'], `greenbench: left out results/link.json: ${NAME_IT}`],
  ['statement', [], ['--format', 'md'], `results/link.json: ${NAME_IT}`],
  [
    'compare',
    ['elsewhere.json'],
    ['--metric', 'parameters', '--markdown', '-'],
    `results/link.json was left out: ${REPLACE_IT}.`,
  ],
  ['leaderboard build', [], ['-o', 'board.json'], `results/link.json: ${NAME_IT}`],
]

test.each(COMMANDS)('%s', async (command, before, after, told) => {
  const folder = resultsWithLink()
  const { code, stdout, stderr } = await runCli([...command.split(' '), ...before, 'results', ...after], { folder })
  expect({ code, text: stdout + stderr }).toEqual({ code: 0, text: expect.stringContaining(told) })
})

const BESIDE = JSON.stringify({ kind: 'leaderboard' })

test.each(COMMANDS)(
  '%s passes over a file of a folder that is no record, and names it',
  async (command, before, after) => {
    const folder = resultsWithLink()
    writeFileSync(join(folder, 'results', 'board.json'), BESIDE)
    const { code, stdout, stderr } = await runCli([...command.split(' '), ...before, 'results', ...after], { folder })
    expect({ code, text: stdout + stderr }).toEqual({
      code: 0,
      text: expect.stringMatching(/results\/board\.json(:| was)/),
    })
  },
)

test.each(COMMANDS.filter(([command]) => ['export', 'report', 'compare'].includes(command)))(
  '%s stops at a file that is named itself and is no record',
  async (command, before, after) => {
    const folder = resultsWithLink()
    writeFileSync(join(folder, 'board.json'), BESIDE)
    const { code, stderr } = await runCli([command, ...before, 'board.json', ...after], { folder })
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('board.json: ') })
  },
)

test('leaderboard appendix', async () => {
  const folder = resultsWithLink()
  const { code, stdout } = await runCli(['leaderboard', 'appendix', 'groups.json', 'results'], { folder })
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 file or record left out') })
  expect(readFileSync(join(folder, 'site', 'index.html'), 'utf8')).toContain(NAME_IT)
})

test.each(COMMANDS)('%s of a folder with nothing but links says so', async (command, before, after) => {
  const folder = resultsWithLink()
  const { code, stderr } = await runCli([...command.split(' '), ...before, 'only', ...after], { folder })
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/only\/link\.json.* a link, which is not followed/),
  })
})

test('a link that is named beside the folder is read', async () => {
  const folder = resultsWithLink()
  const { stdout, stderr } = await runCli(['export', 'results', 'results/link.json', '--to', 'json'], { folder })
  expect({ runs: JSON.parse(stdout).length, stderr }).toEqual({ runs: 2, stderr: '' })
})
