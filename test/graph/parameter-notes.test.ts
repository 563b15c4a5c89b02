import { expect, test } from 'vitest'
import { memoryInitializer } from '../../src/graph/memory-initializer.js'
import { countNotes, readCountNotes } from '../../src/graph/parameter-notes.js'

const weights = memoryInitializer('w', new Float32Array(8), [8])

test.each([
  ['a weight that is trained', { trainable: true }],
  ['a statistic', { trainable: false }],
  ['biases with zeros beside them', { trainable: true, storedElements: 4 }],
  ['what operators decide', {}],
])('%s reads back the same', (_, facts) => {
  expect(readCountNotes(countNotes({ ...weights, ...facts }), 8)).toEqual(facts)
})

test.each(['9', '-1', '4.5', '1e3', ''])('a count of %j in 8 elements is passed over', (value) => {
  expect(readCountNotes([{ key: 'greenbench.stored_elements', value }], 8)).toEqual({})
})
