/** Of the checks of a change: a test that a busy machine failed is run once more, a test that is wrong fails. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CHECKOUT, temporaryFolder } from './helpers/run-cli.js'

/** Runs these files, whose text is by name, as `.ci/run` does. */
function check(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.js`), text)
  const report = join(folder, 'report.json')
  const node = (script: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, [join(CHECKOUT, '.ci', script), ...args], { cwd: folder, encoding: 'utf8' })
  const { status } = node('run-tests.mjs', report, '--root', folder, '--globals')
  const { stdout: sum, status: sumStatus } = node('sum-reports.mjs', report)
  return { status, sum, sumStatus, folder }
}

const RIGHT = "test('right', () => {})"
const ONCE = `import { appendFileSync, readFileSync } from 'node:fs'
  test('on a calm machine', () => {
    appendFileSync('tries', 'x')
    expect(readFileSync('tries', 'utf8')).toBe('xx')
  })
  test('beside it', () => {})`

test('a file that fails once is run again alone, counts as passed and is named', () => {
  const { status, sum, sumStatus, folder } = check({ right: RIGHT, once: ONCE })
  const tries = readFileSync(join(folder, 'tries'), 'utf8')
  expect({ status, sumStatus, tries }).toEqual({ status: 0, sumStatus: 0, tries: 'xx' })
  expect(sum).toBe('passed on the second run: once.test.js\n  on a calm machine\n3 passed, 0 failed\n')
})

test.each([
  ['a test that fails twice', "test('wrong', () => { throw new Error('always') })", '1 passed, 1 failed'],
  ['a file that cannot be loaded', "import 'nowhere'", '1 passed, 1 failed'],
  [
    'an error that no test caught',
    `${ONCE}; test('careless', () => { setImmediate(() => { throw new Error('late') }) })
    test('waits', () => new Promise((done) => setTimeout(done, 50)))`,
    ' failed',
  ],
])('%s fails', (_what, text, said) => {
  const { status, sum, sumStatus } = check({ right: RIGHT, wrong: text })
  expect({ status, sumStatus }).toEqual({ status: 1, sumStatus: 1 })
  expect(sum).toContain(said)
  expect(sum).not.toContain('passed on the second run')
})
