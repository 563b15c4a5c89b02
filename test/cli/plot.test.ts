import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recordsToJson } from '../../src/results/record-file.js'
import { EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { madeRun } from '../helpers/runs-of-records.js'
import { sampleInference } from '../helpers/sample-records.js'

function folderWithRecord(): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'run.json'), JSON.stringify(sampleInference()))
  return folder
}

describe('--plot', () => {
  test('of an inspection draws its layers below the table', async () => {
    const { code, stdout } = await runCli(['inspect', EXAMPLE_MODEL, '--plot'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/MACs by layer: shapes\n─+\n\/4\/Conv +█+ {2}1\.180 M {2}42\.1%\n/)
  })

  test('of a report draws instead of writing a page to the terminal', async () => {
    const { stdout } = await runCli(['report', 'run.json', '--plot'], { folder: folderWithRecord() })
    expect(stdout).toMatch(/^power, measured: resnet18, batch 1\n/)
    expect(stdout).not.toContain('<html')
  })

  test('of a report with a file does both', async () => {
    const folder = folderWithRecord()
    const { stdout } = await runCli(['report', 'run.json', '--plot', '-o', 'r.md'], { folder })
    expect(stdout).toContain('batches by latency')
    expect(existsSync(join(folder, 'r.md'))).toBe(true)
  })

  test('has no colour where no terminal is, and ASCII where the locale is', async () => {
    const { stdout } = await runCli(['inspect', EXAMPLE_MODEL, '--plot'], { environment: { LC_ALL: 'C' } })
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toMatch(/^\/4\/Conv +#+ {2}1\.180 M/m)
  })

  test('of a comparison draws the changes to both sides of none', async () => {
    const folder = temporaryFolder()
    for (const [name, joules] of [
      ['base', 1],
      ['less', 0.8],
      ['more', 1.2],
    ] as const) {
      writeFileSync(join(folder, `${name}.json`), recordsToJson([madeRun({ id: name, joules, seed: joules * 10 })]))
    }
    const { stdout } = await runCli(['compare', 'base.json', 'less.json', 'more.json', '--plot'], { folder })
    const [, bars = ''] = stdout.split('change against base.json, in percent\n')
    const [less = '', more = ''] = bars.split('\n').slice(1)
    expect(more.search(/[█▒┃]/)).toBeGreaterThan(less.search(/[█▒┃]/))
    expect(more).toMatch(/ regression$/)
  })

  test('of a run draws its power and its latencies', async () => {
    const options = ['--synthetic', '--profiler', 'none', '--max-duration', '200ms', '--warmup', '50ms', '--no-color']
    const { code, stdout } = await runCli([EXAMPLE_MODEL, '--plot', ...options])
    expect(code).toBe(0)
    expect(stdout).toMatch(/batches by latency: shapes, batch 1\n/)
    expect(stdout).not.toContain('power,')
  })
})
