import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CHECKOUT } from './helpers/run-cli.js'

const { exports }: { exports: Record<string, string | { types: string; default: string }> } = JSON.parse(
  readFileSync(join(CHECKOUT, 'package.json'), 'utf8'),
)
const entries = Object.entries(exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ name, ...target }],
)

/** Runs a module that imports greenbench by its name, as its users do. */
const run = (code: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: CHECKOUT, encoding: 'utf8' })

test('every entry of the package is built, with its types', () => {
  const files = entries.flatMap((entry) => [entry.types, entry.default])
  expect(files.filter((file) => !existsSync(join(CHECKOUT, file)))).toEqual([])
})

test('every entry of the package can be imported by its name', () => {
  const names = entries.map(({ name }) => join('greenbench', name))
  const code = `for (const name of ${JSON.stringify(names)}) if (Object.keys(await import(name)).length === 0) console.log(name)`
  expect(run(code)).toBe('')
})

test('the package is used as the documents show', () => {
  const code = `
    import { inspectModel, ModelFactory } from 'greenbench'
    import { mlpFormat } from './docs/examples/mlp-format.js'
    const formats = ModelFactory.withPredefinedFormats().register(mlpFormat)
    const record = await inspectModel({ model: 'docs/examples/xor.mlp.json', formats })
    console.log(record.counts.parameters.total)`
  expect(run(code)).toBe('9\n')
})

test('the example of measuring energy prints what it measured', () => {
  const lines = run("await import('./docs/examples/measure-energy.js')").trim().split('\n')
  expect(lines[0]).toMatch(/^25997 primes in \d+\.\d\d s: \d+\.\d\d J, modelled$/)
  expect(lines.slice(1).map((line) => line.split(':')[0])).toEqual(['epoch 1', 'epoch 2', 'run'])
})
