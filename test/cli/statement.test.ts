import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recordsToJson } from '../../src/results/record-file.js'
import { runCli, temporaryFolder } from '../helpers/run-cli.js'
import { sampleInference, sampleInspection, withPerInference } from '../helpers/sample-records.js'
import { sampleTraining } from '../helpers/sample-training.js'

function results(): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.json'), recordsToJson([sampleInference(), sampleTraining()]))
  writeFileSync(join(folder, 'b.json'), recordsToJson([sampleInspection()]))
  writeFileSync(join(folder, 'c.json'), '{')
  return folder
}

describe('statement', () => {
  test('of a folder is text by default, and names what is left out', async () => {
    const folder = results()
    writeFileSync(join(folder, 'd.json'), '[]')
    const { code, stdout } = await runCli(['statement', '.'], { folder })
    expect(code).toBe(0)
    expect(stdout).toContain('1 run of inference and 1 training')
    expect(stdout).toContain('- c.json: not JSON')
    expect(stdout).toContain('- d.json: the list holds no record')
  })

  test.each([
    ['md', '# Carbon impact statement', '```bibtex'],
    ['latex', '\\section*{Carbon impact statement}', '% @techreport{epa2023scghg,'],
  ])('as %s goes into a file', async (format, start, sources) => {
    const folder = results()
    const { stdout, stderr } = await runCli(['statement', '.', '--format', format, '-o', '-'], { folder })
    expect(stderr).toBe('')
    expect(stdout.startsWith(start)).toBe(true)
    expect(stdout).toContain(sources)
  })

  test('leaves out what no machine has, and a PUE below 1', async () => {
    const folder = results()
    const extreme = withPerInference({ ...sampleInference(), id: 'x' }, { joules: 1e305, low: 1e305, high: 1e305 })
    const efficient = { ...sampleInference(), id: 'e' }
    writeFileSync(join(folder, 'd.json'), JSON.stringify(extreme))
    writeFileSync(join(folder, 'e.json'), JSON.stringify(efficient).replace('"pue":1', '"pue":0'))
    const { code, stdout } = await runCli(['statement', '.'], { folder })
    expect(code).toBe(0)
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'in d.json: energy.perInference.joules is 1e+305, which no machine has',
    )
    expect(stdout.replace(/\s+/g, ' ')).toContain('- e.json: not a valid record: carbon.pue must be >= 1')
    expect(stdout).toContain('1 run of inference and 1 training')
  })

  test('takes a place of the command line for all runs, and none of the environment', async () => {
    const folder = results()
    const environment = { GREENBENCH_COUNTRY: 'PL' }
    const { stdout } = await runCli(['statement', 'a.json', '--country', 'FR'], { folder, environment })
    expect(stdout).toContain('carbon intensity of France')
    expect((await runCli(['statement', 'a.json'], { folder, environment })).stdout).toContain(
      'carbon intensity of the world',
    )
  })

  test.each([
    [['b.json'], 1, 'no run with energy in b.json (inspection of resnet18 in b.json: nothing ran)'],
    [['absent'], 1, 'there is no such file'],
    [[], 2, 'missing required argument'],
    [['a.json', '--carbon-intensity', '{"0:00-24:00": 3}'], 2, 'by the hour'],
  ])('%j ends in one line', async (args, code, words) => {
    const result = await runCli(['statement', ...args], { folder: results() })
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) })
  })
})
