import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { InferenceRecord } from '../../src/core/record.js'
import { parseRecord } from '../../src/core/validate-record.js'
import {
  CHECKOUT,
  type CliOptions,
  EXAMPLE_IMAGES,
  EXAMPLE_MODEL,
  runCli,
  temporaryFolder,
} from '../helpers/run-cli.js'

/** As short as a run can be: how long it measures is not the matter here. */
const SHORT = ['--max-duration', '0.3s', '--warmup', '0.1s', '--idle', '0']
const PLUGIN = join(CHECKOUT, 'docs', 'examples', 'plug-profiler.js')

const measure = (args: readonly string[], options?: CliOptions) => runCli([EXAMPLE_MODEL, ...SHORT, ...args], options)

function inferenceRecord(json: string): InferenceRecord {
  const record = parseRecord(JSON.parse(json))
  if (record.kind === 'inference') return record
  throw new Error(`a record of kind ${record.kind}`)
}

/** Sends a signal as soon as the run measures. */
const interruptedBy = (signal: NodeJS.Signals): CliOptions => ({
  onStart: (child) => {
    child.stderr?.on('data', (text: Buffer | string) => {
      if (String(text).includes('measuring')) child.kill(signal)
    })
  },
})

describe('greenbench <model>', () => {
  test('measures a model on images and says what each figure is', async () => {
    const { code, stdout } = await measure(['--images', EXAMPLE_IMAGES, '--limit', '12', '--profiler', 'estimate'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^shapes\nonnx, 99\.75 kB\nonnxruntime [\d.]+ on cpu\n12 images/)
    expect(stdout).toMatch(/latency, mean .* [µm]s {2}measured\n/)
    expect(stdout).toMatch(/energy per inference .* [µm]?J {2}modelled: estimate/)
    expect(stdout).toMatch(/CO2 per inference .*g CO2e {2}modelled: /)
    expect(stdout).toMatch(/accuracy, top-1 +[\d.]+% {2}measured, 12 labelled images/)
  })

  test('prints nothing but a valid record with --json -', async () => {
    const { code, stdout } = await measure(['--synthetic', '--profiler', 'none', '--json', '-'])
    expect(code).toBe(0)
    expect(inferenceRecord(stdout)).toMatchObject({ complete: true, batchSize: 1, input: { kind: 'synthetic' } })
  })

  test('leaves nothing behind in the home and the temporary folder', async () => {
    const folder = temporaryFolder()
    const environment = { HOME: folder, TMPDIR: folder, TMP: folder, TEMP: folder }
    const { code } = await measure(['--synthetic'], { environment })
    // Node's own cache of compiled code, from 22.8 on.
    const left = readdirSync(folder).filter((name) => name !== 'node-compile-cache')
    expect({ code, left }).toEqual({ code: 0, left: [] })
  })

  test('keeps where each option came from in the record', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'greenbench.config.yaml'), 'seed: 7')
    const environment = { GREENBENCH_PROFILER: 'none' }
    const { stdout } = await measure(['--synthetic', '--json', '-'], { folder, environment })
    expect(inferenceRecord(stdout)).toMatchObject({
      seed: 7,
      options: {
        note: {
          origins: {
            synthetic: 'command line',
            profiler: 'environment',
            seed: join(folder, 'greenbench.config.yaml'),
          },
        },
      },
    })
  })

  test('gives a record per batch size, in the order asked for', async () => {
    const { stdout } = await measure(['--synthetic', '--profiler', 'none', '--batch', '4,1', '--json', '-'])
    const records: unknown[] = JSON.parse(stdout)
    expect(
      records.map((record) => parseRecord(record)).map((record) => 'batchSize' in record && record.batchSize),
    ).toEqual([4, 1])
  })

  test('says nothing with --quiet but what it was asked to write', async () => {
    const folder = temporaryFolder()
    const args = ['--synthetic', '--profiler', 'none', '--quiet', '--csv', 'r.csv']
    expect(await measure(args, { folder })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(join(folder, 'r.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(2)
  })

  test('tells a log where it is, a line per phase and no control characters', async () => {
    const { stderr } = await measure(['--synthetic', '--profiler', 'none'])
    expect(stderr).toMatch(/^[\x20-\x7e\n]+$/)
    expect(stderr).toContain('measuring batch 1')
  })

  test('prints the result that cannot be written after all, even with --quiet', async () => {
    const { code, stdout, stderr } = await measure([
      '--synthetic',
      '--profiler',
      'none',
      '--quiet',
      '--json',
      '/dev/full',
    ])
    expect(code).toBe(1)
    expect(inferenceRecord(stdout).complete).toBe(true)
    expect(stderr).toContain('cannot write /dev/full: no space left')
  })
})

describe('an interrupted run', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('keeps by %s what was measured, marked incomplete', async (signal) => {
    const folder = temporaryFolder()
    const args = [EXAMPLE_MODEL, '--synthetic', '--profiler', 'none', '--target-ci', '0.01%', '--json', 'r.json']
    const { code, stdout, stderr } = await runCli(args, { folder, ...interruptedBy(signal) })
    expect(code).toBe(130)
    expect(stderr).toContain('interrupted: keeping what was measured')
    expect(stdout).toContain('incomplete: batch 1')
    expect(inferenceRecord(readFileSync(join(folder, 'r.json'), 'utf8')).complete).toBe(false)
  })
})

describe('a profiler of a plugin', () => {
  test('measures', async () => {
    const watts = join(temporaryFolder(), 'watts')
    writeFileSync(watts, '12.5\n')
    // Long enough for another window where a busy machine was late with a reading of power.
    const times = ['--min-duration', '0.3s', '--max-duration', '60s', '--target-ci', '50%']
    const args = ['--synthetic', '--plugin', PLUGIN, '--profiler', 'plug', ...times, '--json', '-']
    const { stdout } = await measure(args, { environment: { PLUG_WATTS_FILE: watts } })
    const { energy } = inferenceRecord(stdout)
    expect(energy).toMatchObject({ kind: 'measured', domains: [{ name: 'wall', profiler: 'plug' }] })
  })

  test('that is required and not available ends the run with code 4 before anything is measured', async () => {
    const { code, stdout, stderr } = await measure(['--synthetic', '--plugin', PLUGIN, '--profiler', 'plug'])
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('no file is named\n  hint: set PLUG_WATTS_FILE')
    expect(stderr).not.toContain('measuring')
  })
})

describe('a format of a plugin', () => {
  const plugin = ['--plugin', join(CHECKOUT, 'docs', 'examples', 'mlp-format.js')]
  const model = join(CHECKOUT, 'docs', 'examples', 'xor.mlp.json')

  test('is counted', async () => {
    const { stdout } = await runCli(['inspect', model, ...plugin, '--json', '-'])
    expect(parseRecord(JSON.parse(stdout))).toMatchObject({
      model: { format: 'mlp-json' },
      counts: { parameters: { total: 9 }, macs: 6 },
    })
  })

  test('is run', async () => {
    const { stdout } = await runCli([model, ...SHORT, ...plugin, '--synthetic', '--profiler', 'none', '--json', '-'])
    expect(inferenceRecord(stdout)).toMatchObject({ complete: true, model: { format: 'mlp-json' } })
  })

  test('that finds its file broken says so in one line', async () => {
    const broken = join(temporaryFolder(), 'broken.mlp.json')
    writeFileSync(broken, '{ "mlp": [{ "weights": [[1, 2], [3]], "bias": [0, 0] }] }')
    const { code, stderr } = await runCli(['inspect', broken, ...plugin])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^greenbench: [^\n]*broken\.mlp\.json: each layer needs weights[^\n]*\n {2}hint: [^\n]+\n$/)
  })
})

describe('a plugin', () => {
  test.each([
    ['is not JavaScript', 'this is not', 'cannot load the plugin'],
    ['exports nothing', 'export const a = 1', 'has no function as its default export'],
    ['throws', 'export default () => { throw new Error("no luck") }', 'failed: no luck'],
    ['registers a format that is none', 'export default ({ formats }) => { formats.register({}) }', 'a format lacks'],
  ])('that %s is named in one line', async (_what, text, message) => {
    const path = join(temporaryFolder(), 'plugin.mjs')
    writeFileSync(path, text)
    const { code, stderr } = await runCli(['inspect', EXAMPLE_MODEL, '--plugin', path])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^greenbench: [^\n]+\n( {2}hint: [^\n]+\n)?$/)
    expect(stderr).toContain(message)
  })
})
