/** Depth of JSON before it is parsed, against the depth of the value that it holds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDeeper } from '../../../formats/torch/json-depth.js'

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

test('JSON is as deep as the value that it holds', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(5), (value, most) => {
      return isDeeper(Buffer.from(JSON.stringify(value)), most) === depthOf(value) > most
    }),
  )
})

test('brackets in texts do not count', () => {
  expect(isDeeper(Buffer.from('{"[[[\\"[[[": "[{\\\\"}'), 1)).toBe(false)
})
