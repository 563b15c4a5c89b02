import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseRecord } from '../../src/core/validate-record.js'
import { CHECKOUT, EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { torchFile } from '../helpers/torch-files.js'

const inspect = (...args: readonly string[]) => runCli(['inspect', EXAMPLE_MODEL, ...args])

/** The escape that starts every colour. */
const ESCAPE = '\u001b['

describe('greenbench inspect', () => {
  test('prints totals, signature and operators', async () => {
    const { code, stdout, stderr } = await inspect()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/parameters +24\.31 k {2}24,310\n/)
    expect(stdout).toMatch(/MACs +2\.802 M {2}2,802,048, batch 1/)
    expect(stdout).toMatch(/input +float32 \[batch, 3, 32, 32\] +image\n/)
    expect(stdout).toMatch(/Conv +3 +23\.47 k +2\.802 M +0\n/)
  })

  test('prints nothing but a valid record with --json -', async () => {
    const { code, stdout, stderr } = await inspect('--json', '-')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(parseRecord(JSON.parse(stdout))).toMatchObject({
      kind: 'inspection',
      model: { name: 'shapes', format: 'onnx' },
      counts: { parameters: { total: 24_310, trainable: 24_086, nonTrainable: 224 } },
    })
  })

  test('keeps the layers out of the record unless asked', async () => {
    const [without, withLayers] = await Promise.all([inspect('--json', '-'), inspect('--json', '-', '--layers')])
    expect(JSON.parse(without.stdout)).not.toHaveProperty('layers')
    expect(JSON.parse(withLayers.stdout).layers).toHaveLength(15)
  })

  test('gives a list of records for several batch sizes', async () => {
    const { stdout } = await inspect('--json', '-', '--batch', '1,8')
    const records: { counts: { macs: number } }[] = JSON.parse(stdout)
    expect(records.map(({ counts }) => counts.macs)).toEqual([2_802_048, 8 * 2_802_048])
  })

  test('writes a row per layer with --csv', async () => {
    const { stdout } = await inspect('--csv', '-')
    expect(stdout.split('\r\n')[0]).toMatch(/^model,batch_size,layer,operator,/)
    expect(stdout.trimEnd().split('\r\n')).toHaveLength(16)
  })

  test('writes files and prints the table beside them', async () => {
    const folder = temporaryFolder()
    const { stdout } = await runCli(['inspect', EXAMPLE_MODEL, '--json', 'a.json', '--csv', 'a.csv'], { folder })
    expect(stdout).toContain('parameters')
    expect(() => parseRecord(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')))).not.toThrow()
    expect(existsSync(join(folder, 'a.csv'))).toBe(true)
  })

  test('adds the digest of the file with --hash', async () => {
    const { stdout } = await inspect('--json', '-', '--hash')
    expect(JSON.parse(stdout).model.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test('tells why a file has no graph, also where sizes of an input are given', async () => {
    const { code, stdout, stderr } = await runCli(['inspect', torchFile('state.pth'), '--input', '1x3x8x8'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('- counts.macs: the file holds weights alone')
  })

  test('takes the sizes of the only input without its name', async () => {
    const { stdout } = await inspect('--json', '-', '--input', '2x3x32x32')
    expect(JSON.parse(stdout).counts).toMatchObject({ batchSize: 2, macs: 2 * 2_802_048 })
  })

  test('shows the largest layers with --top', async () => {
    const { stdout } = await inspect('--top', '2')
    expect(stdout).toContain('layer (top 2 of 15 by MACs)')
  })

  test.each([
    ['off a terminal', {}, false],
    ['with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['with NO_COLOR over FORCE_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('decides on colour %s', async (_where, environment, isColoured) => {
    const { stdout } = await runCli(['inspect', EXAMPLE_MODEL], { environment })
    expect(stdout.includes(ESCAPE)).toBe(isColoured)
  })

  test('ends in silence when its reader does not want more', async () => {
    const { code, stderr } = await runCli(['inspect', EXAMPLE_MODEL, '--layers'], {
      onStart: (child) => child.stdout?.destroy(),
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('reads options from the environment and from a config file', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'greenbench.config.yaml'), 'batch: 4\nimages: of-the-other-command\n')
    const environment = { GREENBENCH_JSON: '-' }
    const { stdout } = await runCli(['inspect', EXAMPLE_MODEL], { folder, environment })
    expect(JSON.parse(stdout).counts.batchSize).toBe(4)
  })

  test('loads nothing that it does not need', async () => {
    const log = join(temporaryFolder(), 'modules')
    const logger = join(CHECKOUT, 'test', 'fixtures', 'log-modules.mjs')
    const environment = { LOADED_MODULES: log }
    await runCli(['inspect', EXAMPLE_MODEL, '--json', '-'], { environment, nodeOptions: ['--import', logger] })
    const loaded = readFileSync(log, 'utf8').split('\n')
    expect(loaded.length).toBeGreaterThan(5)
    const heavy = /node_modules|\/dist\/(?!start\/|src\/core\/errors\.js)/
    expect(loaded.filter((url) => heavy.test(url))).toEqual([])
  })
})

describe('a file that cannot be inspected', () => {
  const broken = (folder: string, name: string, bytes: Uint8Array | string): string => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }
  const example = readFileSync(EXAMPLE_MODEL)
  const noise = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919 + 13) % 251)

  test.each<[string, (folder: string) => string]>([
    ['is missing', (folder) => join(folder, 'none.onnx')],
    ['is empty', (folder) => broken(folder, 'empty.onnx', '')],
    ['is cut short', (folder) => broken(folder, 'cut.onnx', example.subarray(0, 50_000))],
    ['is noise', (folder) => broken(folder, 'noise.onnx', noise)],
    ['is text', (folder) => broken(folder, 'notes.txt', 'hello\n')],
    ['is an empty folder', (folder) => mkdirSync(join(folder, 'a/b'), { recursive: true }) ?? folder],
  ])('and %s is answered in one line with a way out', async (_what, make) => {
    const { code, stdout, stderr } = await runCli(['inspect', make(temporaryFolder())])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^greenbench: [^\n]+\n( {2}hint: [^\n]+\n)?$/)
    expect(stderr).not.toContain('unexpected')
  })

  test('shows the stack with --debug only', async () => {
    const { stderr } = await runCli(['inspect', 'none.onnx', '--debug'])
    expect(stderr).toMatch(/\n +at /)
  })
})
