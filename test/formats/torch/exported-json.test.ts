/** Bounds of the JSON in a `.pt2` file. */
import { expect, test } from 'vitest'
import { refuseCrowded } from '../../../formats/torch/exported/exported-json.js'

test('a text that packs well and becomes millions of values is refused before it is parsed', () => {
  expect(() => refuseCrowded(`[${'[],'.repeat(5_000_000)}[]]`)).toThrow(
    expect.objectContaining({ code: 'E_TORCH_EXPORT', hint: expect.any(String) }),
  )
})

test('a long text of few values is read', () => {
  refuseCrowded(JSON.stringify({ stack: 'x'.repeat(20_000_000) }))
})
