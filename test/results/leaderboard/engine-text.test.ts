import { expect, test } from 'vitest'
import { engineText } from '../../../src/results/leaderboard/engine-text.js'
import { protocolText } from '../../../src/results/leaderboard/leaderboard-text.js'
import { protocolText as protocolOnPages } from '../../../src/results/site/site-pages.js'
import { sampleLeaderboard } from '../../helpers/sample-leaderboard.js'

function sampleGroup() {
  const [group] = sampleLeaderboard(['model']).groups
  if (group === undefined) throw new Error('the sample has no group')
  return group
}

test('names version, threads and settings of an engine', () => {
  const { protocol } = sampleGroup()
  const engine = { engine: 'onnxruntime', engineVersion: '1.30.0', executionProvider: 'cpu', threads: 2 }
  expect(engineText({ ...protocol, ...engine, engineOptions: { graphOptimizationLevel: 'disabled' } })).toEqual([
    'onnxruntime 1.30.0 on cpu, 2 threads',
    'graphOptimizationLevel disabled',
  ])
})

test.each([
  ['version', { engineVersion: '0.0.1' }],
  ['settings', { engineOptions: { executionMode: 'parallel' } }],
  ['threads', { threads: 77 }],
])('groups that differ in the %s of the engine read differently', (_what, change) => {
  const group = sampleGroup()
  const changed = { ...group, protocol: { ...group.protocol, ...change } }
  expect(protocolText(changed.protocol)).not.toBe(protocolText(group.protocol))
  expect(protocolOnPages(changed)).not.toBe(protocolOnPages(group))
})
