import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ResultRecord } from '../../src/core/record.js'
import { recordsToJson } from '../../src/results/record-file.js'
import { EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { madeRun } from '../helpers/runs-of-records.js'

function folderWith(files: Readonly<Record<string, ResultRecord>>): string {
  const folder = temporaryFolder()
  for (const [name, record] of Object.entries(files)) writeFileSync(join(folder, name), recordsToJson([record]))
  return folder
}

const sides = () =>
  folderWith({
    'base.json': madeRun({ id: 'base' }),
    'same.json': madeRun({ id: 'same', seed: 2 }),
    'worse.json': madeRun({ id: 'worse', joules: 1.1, seed: 3 }),
  })

const compare = (folder: string, ...args: readonly string[]) => runCli(['compare', ...args], { folder })

test('a regression ends the build with code 3 and says where it is', async () => {
  const { code, stdout, stderr } = await compare(sides(), 'base.json', 'worse.json')
  expect(code).toBe(3)
  expect(stdout).toMatch(/energyPerInference .* regression/)
  expect(stderr).toMatch(
    /^greenbench: regression: energyPerInference of resnet18, batch 1, onnxruntime in worse\.json: \+/,
  )
})

test('what is within --max-regress, or no worse, leaves the code at 0', async () => {
  const folder = sides()
  expect(await compare(folder, 'base.json', 'worse.json', '--max-regress', '20%')).toMatchObject({
    code: 0,
    stderr: '',
  })
  expect(await compare(folder, 'base.json', 'same.json')).toMatchObject({ code: 0, stderr: '' })
})

test('what cannot be told ends the build with code 1 and says how it could', async () => {
  const folder = folderWith({
    'base.json': madeRun({ id: 'base', windows: 2 }),
    'slow.json': madeRun({ id: 'slow', joules: 10, windows: 2, seed: 2 }),
  })
  const { code, stderr } = await compare(folder, 'base.json', 'slow.json')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^greenbench: too few samples to tell: energyPerInference of .*\n {2}hint: measure longer/)
})

test('several files are each compared with the base', async () => {
  const { code, stdout } = await compare(sides(), 'base.json', 'same.json', 'worse.json', '--json', '-')
  const { rows } = JSON.parse(stdout)
  expect(code).toBe(3)
  expect(rows.map(({ side, verdict }: { side: string; verdict: string }) => [side, verdict])).toEqual([
    ['same.json', 'tie'],
    ['worse.json', 'regression'],
  ])
})

test('a folder is one side with repeated runs', async () => {
  const folder = sides()
  for (const [side, joules] of [
    ['a', 1],
    ['b', 1.3],
  ] as const) {
    mkdirSync(join(folder, side))
    for (const run of [1, 2, 3]) {
      const record = madeRun({ id: `${side}${run}`, joules: joules * (1 + run / 100), seed: run })
      writeFileSync(join(folder, side, `${run}.json`), recordsToJson([record]))
    }
  }
  const { code, stdout } = await compare(folder, 'a', 'b', '--json', '-')
  expect(code).toBe(3)
  expect(JSON.parse(stdout).rows[0].samples).toEqual({ base: 3, now: 3, unit: 'runs' })
})

test('writes all forms at once, and adds to the summary of the build', async () => {
  const folder = sides()
  const summary = join(folder, 'summary.md')
  writeFileSync(summary, 'of an earlier step\n')
  const args = ['--markdown', 'a.md', '--junit', 'a.xml', '--benchmark-action', 'a.json', '--github-summary', '--quiet']
  const { code, stdout } = await runCli(['compare', 'base.json', 'same.json', ...args], {
    folder,
    environment: { GITHUB_STEP_SUMMARY: summary },
  })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  expect(text('summary.md')).toBe(`of an earlier step\n${text('a.md')}\n`)
  expect(text('a.xml')).toMatch(/^<\?xml /)
  expect(JSON.parse(text('a.json'))).toMatchObject([{ unit: 'J' }])
})

test('models that were measured in turn are compared by their rounds', async () => {
  const folder = temporaryFolder()
  const quick = ['--synthetic', '--max-duration', '300ms', '--warmup', '20ms', '--idle', '0', '--quiet']
  await runCli([EXAMPLE_MODEL, EXAMPLE_MODEL, ...quick, '--json', 'turns.json'], { folder })
  const { code, stdout } = await compare(
    folder,
    'turns.json',
    '--metric',
    'latency.mean',
    '--max-regress',
    '1000%',
    '--json',
    '-',
  )
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    base: 'shapes.onnx',
    rows: [{ test: 'paired', samples: { unit: 'rounds' } }],
  })
})

test('--explain of several models says of each what its intervals are made of', async () => {
  const quick = ['--synthetic', '--max-duration', '200ms', '--warmup', '20ms', '--idle', '0']
  const { stdout } = await runCli([EXAMPLE_MODEL, EXAMPLE_MODEL, ...quick, '--explain'])
  expect(stdout).toMatch(/^shapes\.onnx\nuncertainty, batch 1/m)
  expect(stdout).toMatch(/^shapes\.onnx \(2\)\nuncertainty, batch 1/m)
})

test.each([
  ['one file alone', ['base.json'], 2, 'greenbench compare base.json new.json'],
  [
    'a figure that does not exist',
    ['base.json', 'same.json', '--metric', 'latency.p51'],
    2,
    'did you mean latency.p50?',
  ],
  [
    'a condition that does not exist',
    ['base.json', 'same.json', '--allow-different', 'engines'],
    2,
    'did you mean engine?',
  ],
  ['percent without their sign', ['base.json', 'same.json', '--max-regress', '5'], 2, 'did you mean 5%?'],
  ['a summary outside of a build', ['base.json', 'same.json', '--github-summary'], 2, '--markdown summary.md'],
  ['a file that is not there', ['base.json', 'none.json'], 1, 'none.json'],
])('%s is refused with a way out', async (_what, args, expected, said) => {
  const { code, stderr } = await compare(sides(), ...args)
  expect(code).toBe(expected)
  expect(stderr).toContain(said)
})

test('the trace of several models gives a table of each again', async () => {
  const folder = temporaryFolder()
  copyFileSync(EXAMPLE_MODEL, join(folder, 'other.onnx'))
  const times = ['--max-duration', '200ms', '--idle', '100ms', '--warmup', '0', '--quiet']
  await runCli([EXAMPLE_MODEL, 'other.onnx', '--synthetic', ...times, '--trace', 'run.jsonl'], { folder })
  const { code, stdout } = await runCli(['replay', 'run.jsonl'], { folder })
  expect(code).toBe(0)
  expect(stdout.split('\n').filter((line) => ['shapes', 'other'].includes(line))).toEqual(['shapes', 'other'])
})

test('runs of other machines are refused unless allowed', async () => {
  const other = madeRun({ id: 'other' })
  const folder = folderWith({
    'base.json': madeRun({ id: 'base' }),
    'other.json': { ...other, host: { ...other.host, memoryBytes: 2 ** 38 } },
  })
  const refused = await compare(folder, 'base.json', 'other.json')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('they differ in hardware')
  const allowed = await compare(folder, 'base.json', 'other.json', '--allow-different', 'hardware')
  expect(allowed.code).toBe(0)
  expect(allowed.stdout).toContain('Different hardware, as allowed')
})
