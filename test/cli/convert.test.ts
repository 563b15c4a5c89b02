import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import { CHECKOUT, EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'
import { onnx } from '../helpers/wire-bytes.js'

const KERAS_MODEL = join(CHECKOUT, 'test', 'golden', 'keras', 'image.h5')
const WEIGHTS_ALONE = join(CHECKOUT, 'test', 'golden', 'keras', 'alone.weights.h5')
const USER_MODEL = join(CHECKOUT, 'docs', 'examples', 'xor.mlp.json')
const PLUGIN = join(CHECKOUT, 'docs', 'examples', 'mlp-format.js')

const open = (path: string) => ModelFactory.withPredefinedFormats().open(path)

describe('greenbench convert', () => {
  test.each([
    ['a Keras file', [KERAS_MODEL, 'out.onnx']],
    ['an ONNX file', [EXAMPLE_MODEL, 'out.onnx']],
    ['a format of a user', [USER_MODEL, 'out.onnx', '--plugin', PLUGIN]],
  ])('writes %s, with equal outputs', async (_, args) => {
    const folder = temporaryFolder()
    const { code, stdout, stderr } = await runCli(['convert', ...args], { folder })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/written .* out\.onnx\n/)
    expect(stdout).toContain('loads it; its outputs equal those of the model')
    expect(readdirSync(folder)).toEqual(['out.onnx'])
  })

  test('says in the file who made it, and from what', async () => {
    const folder = temporaryFolder()
    await runCli(['convert', KERAS_MODEL, 'out.onnx'], { folder })
    const { graph, inputs } = await open(join(folder, 'out.onnx'))
    expect(graph?.producer).toEqual({ name: 'greenbench', version: expect.stringMatching(/^\d+\./) })
    expect(graph?.docString).toBe('Converted from image.h5 (keras, written by keras 2.12.0)')
    expect(inputs).toEqual((await open(KERAS_MODEL)).inputs)
  })

  test('puts weights into a second file with --external-data', async () => {
    const folder = temporaryFolder()
    const { stdout } = await runCli(['convert', EXAMPLE_MODEL, 'out.onnx', '--external-data', '--json', '-'], {
      folder,
    })
    expect(readdirSync(folder).sort()).toEqual(['out.onnx', 'out.onnx.data'])
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'conversion',
      source: { name: 'shapes', format: 'onnx' },
      files: [{ path: join(folder, 'out.onnx') }, { path: join(folder, 'out.onnx.data'), bytes: expect.any(Number) }],
      opset: { '': 17 },
      check: { isEqual: true },
    })
  })

  test.each(['out.onnx', 'out.onnx.data'])('leaves %s as it is without --force', async (name) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, name), 'mine')
    const { code, stderr } = await runCli(['convert', EXAMPLE_MODEL, 'out.onnx', '--external-data'], { folder })
    expect(code).toBe(2)
    expect(stderr).toMatch(/exists already\n {2}hint: .*--force\n$/)
    expect(readdirSync(folder)).toEqual([name])
    expect(readFileSync(join(folder, name), 'utf8')).toBe('mine')
  })

  test('replaces a file with --force, even the one it reads', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a.onnx'), readFileSync(EXAMPLE_MODEL))
    const { code } = await runCli(['convert', 'a.onnx', 'a.onnx', '--force'], { folder })
    expect(code).toBe(0)
    expect((await open(join(folder, 'a.onnx'))).graph?.producer.name).toBe('greenbench')
  })

  test.each<[string, string[], number, RegExp]>([
    ['another ending', [EXAMPLE_MODEL, 'out.h5'], 2, /only ONNX is written/],
    ['a folder that is not there', [EXAMPLE_MODEL, 'no/out.onnx'], 1, /cannot write .*ENOENT/],
    ['a model without a graph', [WEIGHTS_ALONE, 'out.onnx'], 1, /weights alone: the graph is missing/],
    ['a missing target', [EXAMPLE_MODEL], 2, /missing required argument 'out\.onnx'/],
    ['an option of another command', [EXAMPLE_MODEL, 'out.onnx', '--images', 'x'], 2, /unknown option '--images'/],
  ])('refuses %s in one line and leaves nothing', async (_, args, code, message) => {
    const folder = temporaryFolder()
    const result = await runCli(['convert', ...args], { folder })
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(2)
    expect(readdirSync(folder)).toEqual([])
  })

  test('does not put a file in its place that onnxruntime refuses, unless asked to', async () => {
    const folder = temporaryFolder()
    const unknown = onnx.model(onnx.graph(onnx.node('Frobnicate', ['x'], ['y']), onnx.input('x'), onnx.output('y')))
    writeFileSync(join(folder, 'unknown.onnx'), unknown)
    const refused = await runCli(['convert', 'unknown.onnx', 'a.onnx'], { folder })
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/nothing is written\n {2}hint: --no-check/),
    })
    expect(readdirSync(folder)).toEqual(['unknown.onnx'])
    const { code, stdout } = await runCli(['convert', 'unknown.onnx', 'a.onnx', '--no-check'], { folder })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('not loaded in an engine') })
    expect(existsSync(join(folder, 'a.onnx'))).toBe(true)
  })
})
