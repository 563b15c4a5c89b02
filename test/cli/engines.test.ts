import { expect, test } from 'vitest'
import { EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'

const quick = [
  '--synthetic',
  '--max-duration',
  '200ms',
  '--warmup',
  '50ms',
  '--idle',
  '0',
  '--profiler',
  'none',
] as const

test('detect names every engine, its version or how to install it', async () => {
  const { code, stdout } = await runCli(['detect', '--json', '-'], { folder: temporaryFolder() })
  expect(code).toBe(0)
  const { engines, profilers } = JSON.parse(stdout)
  expect(engines).toMatchObject([
    { name: 'onnxruntime', isUsable: true, version: expect.stringMatching(/^1\./) },
    { name: 'tfjs-node' },
    { name: 'tfjs-wasm', isUsable: true, options: { backend: 'wasm' } },
  ])
  expect(engines[0].executionProviders).toContainEqual({ name: 'cpu', isBundled: true, isUsable: true })
  expect(
    engines.every(({ isUsable, fix }: { isUsable: boolean; fix?: string }) => isUsable || fix?.includes('npm install')),
  ).toBe(true)
  expect(profilers.length).toBeGreaterThan(1)
})

test('detect shows the same to people', async () => {
  const { stdout } = await runCli(['detect'], { folder: temporaryFolder() })
  expect(stdout).toMatch(/^tfjs-wasm +yes +\d/m)
  expect(stdout).toMatch(/^cpu \(onnxruntime\) +yes/m)
})

test('a model runs on the engine that was asked for', async () => {
  const { code, stdout } = await runCli([EXAMPLE_MODEL, ...quick, '--engine', 'tfjs-wasm', '--json', '-'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout).engine).toMatchObject({ name: 'tfjs-wasm', options: { backend: 'wasm', threadsUsed: 1 } })
})

test('two engines are compared in one record, which holds those of both', async () => {
  const { code, stdout } = await runCli([EXAMPLE_MODEL, ...quick, '--engine', 'onnxruntime,tfjs-wasm', '--json', '-'])
  expect(code).toBe(0)
  const comparison = JSON.parse(stdout)
  expect(comparison.records.map(({ engine }: { engine: { name: string } }) => engine.name)).toEqual([
    'onnxruntime',
    'tfjs-wasm',
  ])
  expect(comparison).toMatchObject({ kind: 'comparison', baseline: 'onnxruntime', complete: true })
  expect(comparison.competitors[1].timeRatio.pairs).toBeGreaterThanOrEqual(2)
  expect(comparison.competitors[1].outputDifference).toBeLessThan(1e-4)
})

test('the table of two engines has a row for each, with its ratio', async () => {
  const { stdout } = await runCli([EXAMPLE_MODEL, ...quick, '--engine', 'onnxruntime,tfjs-wasm'])
  expect(stdout).toMatch(/^onnxruntime +1 +1 /m)
  expect(stdout).toMatch(/^tfjs-wasm +- +\d/m)
})

test.each([
  ['an engine that does not exist', ['--engine', 'tfjs-wams'], 2, 'did you mean tfjs-wasm?'],
  ['a device that is not part of onnxruntime here', ['--device', 'npu'], 5, 'choose one of cpu'],
  ['options that the engine has not', ['--engine', 'tfjs-wasm', '--no-spinning'], 2, 'use --engine onnxruntime'],
])('%s is refused with its exit code and a way out', async (_what, options, expected, hint) => {
  const { code, stderr } = await runCli([EXAMPLE_MODEL, ...quick, ...options])
  expect(code).toBe(expected)
  expect(stderr).toContain(hint)
})

test('options of onnxruntime end in the record', async () => {
  const options = ['--inter-op-threads', '2', '--no-spinning', '--graph-optimization', 'basic', '--threads', '1']
  const { stdout } = await runCli([EXAMPLE_MODEL, ...quick, ...options, '--json', '-'])
  expect(JSON.parse(stdout).engine).toMatchObject({
    executionProvider: 'cpu',
    threads: 1,
    options: {
      interOpNumThreads: 2,
      executionMode: 'parallel',
      graphOptimizationLevel: 'basic',
      'session.intra_op.allow_spinning': false,
    },
  })
})
