/** The table against the list of all operators that files may use; `test/golden/list-onnx-operators.py` makes the list. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findRule, OPERATOR_TABLE } from '../../src/operators/table.js'

interface Listed {
  readonly domain: string
  readonly operator: string
}

const { operators } = JSON.parse(readFileSync(new URL('../golden/onnx-operators.json', import.meta.url), 'utf8')) as {
  operators: readonly Listed[]
}

test('the list holds the standard, its extensions and those of onnxruntime', () => {
  expect(operators.length).toBeGreaterThan(350)
  expect([...new Set(operators.map(({ domain }) => domain))].sort()).toEqual([
    '',
    'ai.onnx.ml',
    'ai.onnx.preview',
    'ai.onnx.preview.training',
    'com.microsoft',
  ])
})

test('every operator of the list has a rule', () => {
  const without = operators.filter(({ domain, operator }) => findRule(OPERATOR_TABLE, domain, operator) === undefined)
  expect(without.map(({ domain, operator }) => `${domain}::${operator}`)).toEqual([])
})

test('operators that only their own libraries can read have none, so that they are named beside the total', () => {
  expect(findRule(OPERATOR_TABLE, 'com.microsoft', 'EPContext')).toBeUndefined()
  expect(findRule(OPERATOR_TABLE, 'com.microsoft', 'Snpe')).toBeUndefined()
  expect(findRule(OPERATOR_TABLE, '', 'ATen')).toBeUndefined()
})

test('inherited names of objects are no operators', () => {
  expect(findRule(OPERATOR_TABLE, '', 'constructor')).toBeUndefined()
  expect(findRule(OPERATOR_TABLE, '', 'toString')).toBeUndefined()
})
