import { describe, expect, test } from 'vitest'
import { MEASURE_OPTIONS } from '../../src/cli/options/measure-options.js'
import { fromCommandLine, fromEnvironment, type GivenOptions, readSettings } from '../../src/cli/settings.js'

const warnings: string[] = []
const environment = (variables: Record<string, string>): GivenOptions =>
  fromEnvironment(MEASURE_OPTIONS, variables, '/home/me', (message) => warnings.push(message))
const commandLine = (values: Record<string, unknown>): GivenOptions => fromCommandLine(values, '/home/me')
const read = (...places: GivenOptions[]) => readSettings(MEASURE_OPTIONS, places)

describe('readSettings', () => {
  test('takes an option from the first place that gives it', () => {
    const { settings, origins } = read(
      commandLine({ pue: '1.1' }),
      environment({ GREENBENCH_PUE: '1.2', GREENBENCH_SEED: '7' }),
    )
    expect(settings).toEqual({ pue: 1.1, seed: 7 })
    expect(origins).toEqual({ pue: 'command line', seed: 'environment' })
  })

  test('reads flags and their opposites', () => {
    expect(read(commandLine({ synthetic: true, spinning: false })).settings).toEqual({
      synthetic: true,
      spinning: false,
    })
  })

  test('keeps every use of a repeatable option', () => {
    const { settings } = read(commandLine({ input: ['a=1x2', 'b=3'] }))
    expect(settings.input).toEqual([
      { name: 'a', sizes: [1, 2] },
      { name: 'b', sizes: [3] },
    ])
  })

  test('lets relative paths start at the folder of their place, and leaves - alone', () => {
    expect(read(commandLine({ images: 'photos', labels: '/a/b', json: '-' })).settings).toEqual({
      images: '/home/me/photos',
      labels: '/a/b',
      json: '-',
    })
  })

  test.each([
    ['a flag', commandLine({ batch: '0' }), '--batch: expected', 'for example --batch 1,8,32'],
    [
      'a variable',
      environment({ GREENBENCH_BATCH: 'x' }),
      'GREENBENCH_BATCH: expected',
      'for example GREENBENCH_BATCH=1,8,32',
    ],
    ['a slip', commandLine({ layout: 'NHCW' }), '--layout: expected NCHW or NHWC, got "NHCW"', 'did you mean NCHW?'],
  ])('says of %s what it expects and how that looks', (_what, place, message, hint) => {
    expect(() => read(place)).toThrow(
      expect.objectContaining({ code: 'E_OPTION_VALUE', message: expect.stringContaining(message), hint }),
    )
  })
})

describe('fromEnvironment', () => {
  test('takes an empty variable for absent', () => {
    expect(environment({ GREENBENCH_PUE: '' }).texts.size).toBe(0)
  })

  test('reads a flag that is off as off', () => {
    expect(read(environment({ GREENBENCH_SYNTHETIC: '0' })).settings).toEqual({ synthetic: false })
  })

  test('splits a repeatable option at semicolons', () => {
    expect(read(environment({ GREENBENCH_PLUGIN: 'a.js;b.js' })).settings.plugin).toEqual([
      '/home/me/a.js',
      '/home/me/b.js',
    ])
    expect(read(environment({ GREENBENCH_FAIL_IF: 'power>1W; power>2W; ' })).settings.failIf).toEqual([
      'power>1W',
      'power>2W',
    ])
  })

  test('warns of a variable that looks like a misspelt option, and of no other', () => {
    warnings.length = 0
    environment({ GREENBENCH_CONTRY: 'FR', GREENBENCH_TEST_SKIP_BUILD: '1', PATH: '/bin' })
    expect(warnings).toEqual(['GREENBENCH_CONTRY is no option: did you mean GREENBENCH_COUNTRY?'])
  })
})
