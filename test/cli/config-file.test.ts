import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fromConfigFile } from '../../src/cli/config-file.js'
import { MEASURE_OPTIONS } from '../../src/cli/options/measure-options.js'
import { readSettings } from '../../src/cli/settings.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenbench-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

async function settingsFrom(at = folder, named?: string) {
  const place = await fromConfigFile(MEASURE_OPTIONS, at, named)
  return place === undefined ? undefined : readSettings(MEASURE_OPTIONS, [place]).settings
}

describe('a config file', () => {
  test.each([
    ['greenbench.config.yaml', 'target-ci: 1%\nbatch: [1, 8]\n'],
    ['greenbench.config.json', '{"targetCi": 0.01, "batch": "1,8"}'],
    ['.greenbenchrc', 'target-ci: 0.01\nbatch: 1,8\n'],
    ['package.json', '{"name": "x", "greenbench": {"target-ci": "1%", "batch": [1, 8]}}'],
  ])('is found as %s', async (name, text) => {
    put(name, text)
    expect(await settingsFrom()).toEqual({ targetCi: 0.01, batch: [1, 8] })
  })

  test('is found in a folder above', async () => {
    put('greenbench.config.yaml', 'seed: 3')
    mkdirSync(join(folder, 'a/b'), { recursive: true })
    expect(await settingsFrom(join(folder, 'a/b'))).toEqual({ seed: 3 })
  })

  test('is absent where there is none, and where package.json has no such key', async () => {
    put('package.json', '{"name": "x"}')
    expect(await settingsFrom()).toBeUndefined()
  })

  test('gives sizes of inputs as a map', async () => {
    put('greenbench.config.yaml', 'input:\n  data: [1, 3, 8, 8]\n  mask: 1x8\n')
    expect((await settingsFrom())?.input).toEqual([
      { name: 'data', sizes: [1, 3, 8, 8] },
      { name: 'mask', sizes: [1, 8] },
    ])
  })

  test('lets its paths start at its own folder', async () => {
    put('greenbench.config.yaml', 'images: photos')
    mkdirSync(join(folder, 'deep'))
    expect(await settingsFrom(join(folder, 'deep'))).toEqual({ images: join(folder, 'photos') })
  })

  test('names itself in the message about a wrong value', async () => {
    const path = put('greenbench.config.yaml', 'batch: 0')
    await expect(settingsFrom()).rejects.toThrow(`batch in ${path}: expected whole numbers`)
  })

  test.each([
    ['is not YAML', 'a: [1', 'E_CONFIG', 'greenbench.config.yaml:'],
    ['is a list', '- 1\n- 2\n', 'E_CONFIG', 'expected options by name'],
    ['has a key that is no option', 'contry: FR', 'E_CONFIG', '"contry" is no option'],
    ['has a key of Object', 'constructor: 1', 'E_CONFIG', '"constructor" is no option'],
    ['names another config', 'config: other.yaml', 'E_CONFIG', '"config" is no option'],
    ['nests where no map belongs', 'country: { a: 1 }', 'E_CONFIG', '"country": expected a country'],
    [
      'multiplies aliases',
      `a: &a [x]\n${'b: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n'.repeat(1)}${Array.from({ length: 9 }, (_, i) => `c${i}: &c${i} [${`*${i === 0 ? 'b' : `c${i - 1}`},`.repeat(8)}]`).join('\n')}`,
      'E_CONFIG',
      'Excessive alias',
    ],
  ])('that %s is refused in one line', async (_what, text, code, message) => {
    put('greenbench.config.yaml', text)
    await expect(settingsFrom()).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    await expect(settingsFrom()).rejects.toMatchObject({ message: expect.not.stringContaining('\n') })
  })

  test('suggests the option that was meant', async () => {
    put('greenbench.config.yaml', 'contry: FR')
    await expect(settingsFrom()).rejects.toMatchObject({ hint: 'did you mean country?' })
  })
})

describe('a config file that was found by search', () => {
  test('never runs code: JavaScript is not looked for', async () => {
    for (const name of ['greenbench.config.js', 'greenbench.config.mjs', '.greenbenchrc.js', 'greenbench.config.cjs']) {
      put(name, 'globalThis.greenbenchConfigRan = true')
    }
    expect(await settingsFrom()).toBeUndefined()
    expect(globalThis).not.toHaveProperty('greenbenchConfigRan')
  })

  test.each(['plugin', 'power-log'])('may not name what is run (%s), and says how to allow it', async (option) => {
    const path = put('greenbench.config.yaml', `${option}: ./evil.js`)
    await expect(settingsFrom()).rejects.toMatchObject({
      code: 'E_CONFIG',
      hint: expect.stringContaining(`--config ${path}`),
    })
  })

  test.each(['../elsewhere.json', '/etc/cron.d/job', 'a/../../b.json'])('may not write to %s', async (place) => {
    put('greenbench.config.yaml', `json: ${place}`)
    await expect(settingsFrom()).rejects.toMatchObject({ code: 'E_CONFIG' })
  })

  test.each(['link/b.json', 'link.json'])('may not write through %s, a link that leads out', async (place) => {
    const outside = mkdtempSync(join(tmpdir(), 'greenbench-outside-'))
    writeFileSync(join(outside, 'precious.json'), '')
    symlinkSync(outside, join(folder, 'link'))
    symlinkSync(join(outside, 'precious.json'), join(folder, 'link.json'))
    put('greenbench.config.yaml', `json: ${place}`)
    await expect(settingsFrom()).rejects.toMatchObject({ code: 'E_CONFIG' })
    rmSync(outside, { recursive: true })
  })

  test('may write inside its own folder', async () => {
    put('greenbench.config.yaml', 'json: out.json\ncsv: "-"')
    expect(await settingsFrom()).toEqual({ json: join(folder, 'out.json'), csv: '-' })
  })
})

describe('a config file that the user names', () => {
  test('is trusted with plugins', async () => {
    const path = put('mine.yaml', 'plugin: [./a.js, ./b.js]')
    expect(await settingsFrom('/', path)).toEqual({ plugin: [join(folder, 'a.js'), join(folder, 'b.js')] })
  })

  test('is not run even then', async () => {
    const path = put('mine.js', 'throw new Error("ran")')
    await expect(settingsFrom('/', path)).rejects.toMatchObject({ code: 'E_CONFIG', hint: 'rename it to end in .yaml' })
  })

  test('must be there', async () => {
    await expect(settingsFrom('/', join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringContaining('none.yaml'),
    })
  })
})
