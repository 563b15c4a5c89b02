import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../src/cli/program.js'
import { UsageError } from '../../src/core/errors.js'
import { EXAMPLE_MODEL, runCli, temporaryFolder } from '../helpers/run-cli.js'

const parse = (...args: readonly string[]) => parseCommandLine(args, '1.2.3', () => {})

function refusal(...args: readonly string[]): UsageError {
  try {
    parse(...args)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('the grammar', () => {
  test('takes a model without a command for the main job', () => {
    expect(parse('m.onnx', '--images', 'photos')).toEqual({
      command: 'measure',
      models: ['m.onnx'],
      given: { images: 'photos' },
    })
  })

  test('takes several models to compare, the first of which may be a misspelt command', () => {
    expect(parse('a.onnx', 'b.h5')).toEqual({ command: 'measure', models: ['a.onnx', 'b.h5'], given: {} })
    expect(parse('inspekt', 'm.onnx')).toMatchObject({ models: ['inspekt', 'm.onnx'], meant: 'inspect' })
  })

  test('takes options before and after the word inspect', () => {
    expect(parse('--json', '-', 'inspect', 'm.onnx', '--top', '3')).toEqual({
      command: 'inspect',
      model: 'm.onnx',
      given: { json: '-', top: '3' },
    })
  })

  test.each([
    ['detect', ['detect', '--json'], { json: '-' }],
    ['inspect', ['inspect', 'm.onnx', '--json'], { json: '-' }],
    ['the main job, before another option', ['m.onnx', '--json', '--quiet'], { json: '-', quiet: true }],
    ['train', ['train', 'm.onnx', '--json'], { json: '-' }],
    ['convert', ['convert', 'm.h5', 'm.onnx', '--json'], { json: '-' }],
    ['replay', ['replay', 'run.jsonl', '--json'], { json: '-' }],
    ['compare', ['compare', 'a.json', 'b.json', '--json'], { json: '-' }],
    ['carbon', ['carbon', 'lookup', 'FR', '--json'], { json: '-' }],
    ['a file', ['detect', '--json', 'machine.json'], { json: 'machine.json' }],
  ])('takes --json without a file for standard output: %s', (_, args, given) => {
    expect(parse(...args)).toMatchObject({ given })
  })

  test('says so where --json took the model for its file', () => {
    expect(refusal('inspect', '--json', 'm.onnx').hint).toContain('--json took m.onnx for its file')
  })

  test('collects an option that may be given again', () => {
    expect(parse('m.onnx', '--input', 'a=1', '--input', 'b=2')).toMatchObject({ given: { input: ['a=1', 'b=2'] } })
  })

  test('takes a model that is called like a command by its path', () => {
    expect(parse('./inspect', '--synthetic')).toMatchObject({ command: 'measure', models: ['./inspect'] })
  })

  test('gives only what stands on the command line', () => {
    expect(parse('m.onnx')).toMatchObject({ given: {} })
  })

  test.each([
    ['no model', [], "missing required argument 'models'", 'for example greenbench model.onnx --images photos'],
    ['a misspelt option', ['m', '--bacth', '1'], "unknown option '--bacth'", 'did you mean --batch?'],
    ['two models to inspect', ['inspect', 'a', 'b'], 'too many arguments', 'greenbench --help'],
    ['an option without its value', ['m', '--images'], 'argument missing', 'greenbench --help'],
    [
      'an option of the other command',
      ['--images', 'x', 'inspect', 'm'],
      '--images is no option of',
      'greenbench --help',
    ],
  ])('refuses %s with a way out', (_what, args, message, hint) => {
    const error = refusal(...args)
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
  })

  test.each([
    ['--help', ['--help'], ['Usage:', '--target-ci', 'Energy and CO2:', 'Examples:', 'Exit codes:']],
    ['inspect --help', ['inspect', '--help'], ['--top', 'Examples:']],
    ['--version', ['--version'], ['1.2.3']],
  ])('answers %s', (_what, args, words) => {
    let answer = ''
    parseCommandLine(args, '1.2.3', (text) => {
      answer += text
    })
    for (const word of words) expect(answer).toContain(word)
  })
})

describe('wrong usage', () => {
  test.each<[string, readonly string[], string]>([
    [
      'a misspelt command',
      ['inspekt', 'm'],
      'there is no command or model "inspekt"\n  hint: did you mean greenbench inspect?',
    ],
    ['nothing at all', [], "missing required argument 'models'"],
    ['an unknown option', [EXAMPLE_MODEL, '--speed'], "unknown option '--speed'"],
    ['no input', [EXAMPLE_MODEL], 'nothing to run the model on'],
    [
      'two kinds of input',
      [EXAMPLE_MODEL, '--images', '.', '--synthetic'],
      '--images and --synthetic exclude each other',
    ],
    [
      'a value that does not fit',
      [EXAMPLE_MODEL, '--synthetic', '--pue', '0.5'],
      '--pue: expected a factor from 1 to 10',
    ],
    [
      'two outputs in one place',
      ['inspect', EXAMPLE_MODEL, '--json', '-', '--csv', '-'],
      '--json and --csv cannot both',
    ],
    ['an input that is not there', ['inspect', EXAMPLE_MODEL, '--input', 'imgae=1x3x32x32'], 'has no input "imgae"'],
    ['a config that is not there', ['inspect', EXAMPLE_MODEL, '--config', 'none.yaml'], 'none.yaml'],
    ['a plugin that is not there', ['inspect', EXAMPLE_MODEL, '--plugin', 'none.js'], 'cannot load the plugin'],
  ])('by %s ends with code 2 and one line', async (_what, args, message) => {
    const { code, stdout, stderr } = await runCli(args, { folder: temporaryFolder() })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^greenbench: [^\n]+\n( {2}hint: [^\n]+\n)?$/)
    expect(stderr).toContain(message)
  })

  test('by a variable names the variable', async () => {
    const { code, stderr } = await runCli(['inspect', EXAMPLE_MODEL], { environment: { GREENBENCH_BATCH: 'many' } })
    expect(code).toBe(2)
    expect(stderr).toContain('GREENBENCH_BATCH: expected whole numbers from 1 to 65536 between commas, got "many"')
  })

  test('by a config file names the file', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'greenbench.config.yaml'), 'bacth: 1')
    const { code, stderr } = await runCli(['inspect', EXAMPLE_MODEL], { folder })
    expect(code).toBe(2)
    expect(stderr).toContain('"bacth" is no option\n  hint: did you mean batch?')
  })

  test('is not what a file is that cannot be written: code 1, before anything is done', async () => {
    const { code, stdout, stderr } = await runCli(['inspect', EXAMPLE_MODEL, '--json', '/sys/r.json'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('cannot write /sys/r.json: permission denied')
  })
})

test.each([
  ['--help', 'Usage: greenbench <models...>'],
  ['--version', '0.'],
])('%s is an answer on standard output', async (option, text) => {
  const { code, stdout, stderr } = await runCli([option])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(text)
})

test('a record is never written over a model', async () => {
  const { code, stderr } = await runCli([EXAMPLE_MODEL, '--synthetic', '--json', 'other.onnx'])
  expect(code).toBe(2)
  expect(stderr).toContain('other.onnx would write a record over a model')
})
