import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'

const quick = ['--synthetic', '--max-duration', '100ms', '--warmup', '20ms', '--idle', '0', '--quiet'] as const

test('a figure over its limit ends the build with code 3 and one line', async () => {
  const { code, stderr } = await runCli([EXAMPLE_MODEL, ...quick, '--fail-if', 'latency.p50>1us'])
  expect(code).toBe(3)
  expect(stderr).toMatch(/greenbench: shapes, batch 1: latency\.p50 is .* over the limit latency\.p50>1us/)
})

test('figures within their limits leave the code at 0', async () => {
  const limits = ['--fail-if', 'latency.p50>1h', '--fail-if', 'parameters>1G']
  expect(await runCli([EXAMPLE_MODEL, ...quick, ...limits])).toMatchObject({ code: 0, stderr: '' })
})

test('parameters and MACs can stop an inspection', async () => {
  const { code, stderr } = await runCli(['inspect', EXAMPLE_MODEL, '--quiet', '--fail-if', 'parameters>10'])
  expect(code).toBe(3)
  expect(stderr).toContain('over the limit parameters>10')
})

test('every model of a comparison is held to the limits', async () => {
  const { code, stderr } = await runCli([EXAMPLE_MODEL, EXAMPLE_MODEL, ...quick, '--fail-if', 'parameters>10'])
  expect(code).toBe(3)
  expect(stderr.match(/over the limit/g)).toHaveLength(2)
})

test('the first of several models is held to no limit with --base-first', async () => {
  const args = [EXAMPLE_MODEL, EXAMPLE_MODEL, ...quick, '--base-first', '--fail-if', 'parameters>10']
  const { code, stderr } = await runCli(args)
  expect(code).toBe(3)
  expect(stderr.match(/over the limit/g)).toHaveLength(1)
  expect(await runCli([EXAMPLE_MODEL, ...quick, '--base-first'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--base-first needs a second model'),
  })
})

test('the summary of a build of GitHub says whether limits hold', async () => {
  const summary = join(temporaryFolder(), 'summary.md')
  const environment = { GITHUB_STEP_SUMMARY: summary }
  const args = ['inspect', EXAMPLE_MODEL, '--quiet', '--github-summary', '--fail-if']
  expect((await runCli([...args, 'parameters>10'], { environment })).code).toBe(3)
  expect((await runCli([...args, 'parameters>1G'], { environment })).code).toBe(0)
  const text = readFileSync(summary, 'utf8')
  expect(text).toMatch(/^### greenbench: over a limit\n\n- .*over the limit/)
  expect(text).toMatch(/\n### greenbench: within all limits\n/)
  expect((await runCli([...args, 'parameters>1G'])).code).toBe(2)
})

test('a figure that was not measured is a failure of its own, not a pass', async () => {
  const options = ['--profiler', 'none', '--fail-if', 'energyPerInference>1J']
  const { code, stderr } = await runCli([EXAMPLE_MODEL, ...quick, ...options])
  expect(code).toBe(1)
  expect(stderr).toContain('cannot check energyPerInference>1J: shapes: no profiler was asked for')
})

test.each([
  ['an unknown figure', [EXAMPLE_MODEL, '--synthetic'], 'energyPerInferance>1J', 'did you mean energyPerInference?'],
  [
    'a figure of another command',
    ['inspect', EXAMPLE_MODEL],
    'latency.p50>1s',
    "for example --fail-if 'parameters>10M'",
  ],
  ['a share of 70', [EXAMPLE_MODEL, '--synthetic'], 'accuracy.top1<70', 'did you mean accuracy.top1<70%?'],
  ['no unit', [EXAMPLE_MODEL, '--synthetic'], 'latency.p50>1', 'needs a unit'],
])('%s is wrong usage, before anything is measured', async (_what, args, limit, said) => {
  const { code, stdout, stderr } = await runCli([...args, '--fail-if', limit])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(said)
})
