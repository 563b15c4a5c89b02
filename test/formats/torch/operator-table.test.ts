/** The table of operators of PyTorch as a whole. */
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findOperator } from '../../../formats/torch/operators/table.js'

const FOLDER = new URL('../../../formats/torch/operators/', import.meta.url)

/** Names of the operators in each list of rules that a file exports. */
async function namesByList(): Promise<readonly (readonly [string, readonly string[]])[]> {
  const modules = await Promise.all(
    readdirSync(FOLDER).map(async (file) => import(new URL(file, FOLDER).href) as Promise<Record<string, unknown>>),
  )
  return modules
    .flatMap((exported) => Object.entries(exported))
    .flatMap(([list, value]) => {
      const rules = typeof value === 'object' && value !== null ? Object.entries(value) : []
      const isList = rules.length > 0 && rules.every(([, rule]) => typeof rule === 'function')
      return isList ? [[list, rules.map(([name]) => name)] as const] : []
    })
}

test('no operator has rules in two lists', async () => {
  const all = (await namesByList()).flatMap(([list, names]) => names.map((name) => ({ list, name })))
  const twice = all.filter(({ name }, index) => all.findIndex((other) => other.name === name) !== index)
  expect(all.length).toBeGreaterThan(300)
  expect(twice).toEqual([])
})

test('every list is part of the table', async () => {
  const missing = (await namesByList()).filter(([, names]) => names.some((name) => findOperator(name) === undefined))
  expect(missing).toEqual([])
})

test('an operator in place is found by its pure form, one of two underscores is not', () => {
  expect(findOperator('relu_')).toBeDefined()
  expect(findOperator('no_such_operator_')).toBeUndefined()
  expect(findOperator('relu__')).toBeUndefined()
})
