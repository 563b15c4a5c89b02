import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../helpers/run-cli.js'
import { sampleInference, sampleInspection } from '../helpers/sample-records.js'

/** A folder with the records of two files. */
function recordFiles(): { folder: string; report: (...args: readonly string[]) => ReturnType<typeof runCli> } {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'run.json'), JSON.stringify(sampleInference()))
  writeFileSync(join(folder, 'counts.json'), JSON.stringify(sampleInspection()))
  return { folder, report: (...args) => runCli(['report', ...args], { folder }) }
}

test('several records become one page with the figures of each', async () => {
  const { folder, report } = recordFiles()
  expect(await report('run.json', 'counts.json', '-o', 'report.html')).toMatchObject({ code: 0, stdout: '' })
  const page = readFileSync(join(folder, 'report.html'), 'utf8')
  expect(page).toContain('612 ± 13 mJ')
  expect(page).toContain('counted in the file')
})

test('without a file the report goes to standard output', async () => {
  const { report } = recordFiles()
  const { code, stdout } = await report('run.json')
  expect({ code, start: stdout.slice(0, 15) }).toEqual({ code: 0, start: '<!doctype html>' })
})

test('the same records give the same page', async () => {
  const { report } = recordFiles()
  expect((await report('run.json')).stdout).toBe((await report('run.json')).stdout)
})

test('a folder stands for its files', async () => {
  const { report } = recordFiles()
  expect((await report('.', '--format', 'csv')).stdout).toBe(
    (await report('counts.json', 'run.json', '--format', 'csv')).stdout,
  )
})

test('a report of nothing is refused', async () => {
  const { folder, report } = recordFiles()
  writeFileSync(join(folder, 'empty.json'), '[]')
  const { code, stderr } = await report('empty.json', '-o', 'report.html')
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('empty.json: no result to report') })
})

test('a file that is no record is refused in one line', async () => {
  const { folder, report } = recordFiles()
  writeFileSync(join(folder, 'other.json'), '{"name":"x"}')
  const { code, stderr } = await report('run.json', 'other.json')
  expect(code).toBe(1)
  expect(stderr).toContain('schemaVersion must be')
})

test.each([
  [['run.json', '--format', 'htm'], 'did you mean html?'],
  [[], 'for example greenbench report result.json -o report.html'],
])('report %j is refused with a hint', async (args, hint) => {
  const { code, stderr } = await recordFiles().report(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(hint)
})
