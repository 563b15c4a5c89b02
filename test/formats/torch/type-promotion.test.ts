/** The element type of a result, for every pair of operands, against PyTorch; `make-torch-promotion.py` made the list. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { resultType } from '../../../formats/torch/operators/type-promotion.js'
import * as script from '../../../formats/torch/script-value.js'
import type { DataType } from '../../../src/graph/data-type.js'

const golden: Readonly<Record<string, DataType>> = JSON.parse(
  readFileSync(new URL('../../golden/torch-promotion.json', import.meta.url), 'utf8'),
)

/** `float32[2]`, `int64[]`, `True`, `2` or `0.5`. */
function operand(text: string): script.ScriptValue {
  if (text === 'True') return script.bool(true)
  if (!text.endsWith(']')) return text.includes('.') ? script.float(Number(text)) : script.int(Number(text))
  const [dtype, sizes] = text.slice(0, -1).split('[')
  const type = { kind: 'tensor', dtype: dtype as DataType, shape: sizes === '' ? [] : [Number(sizes)] } as const
  return script.tensor({ name: text, known: { type } })
}

test('operands have the type in common that PyTorch gives them', () => {
  const found = Object.keys(golden).map((operands) => [operands, resultType(operands.split(' ').map(operand))])
  expect(Object.fromEntries(found)).toEqual(golden)
})

test('a tensor of unknown type leaves the type of the result open', () => {
  const unknown = script.tensor({ name: 'x', known: { type: undefined } })
  expect(resultType([unknown, script.float(2)])).toBeUndefined()
})
