import { expect, test } from 'vitest'
import { detectMachine } from '../../benchmarks/detection.js'
import { ProfilerRegistry } from '../../profilers/registry.js'
import { probeEngines } from '../../src/engines/probe-engines.js'

const registry = new ProfilerRegistry({ root: '/nowhere' })

test('engines that end their process are told as not usable', async () => {
  const facts = await probeEngines(() => Promise.reject(new Error('signal SIGABRT')))
  expect(facts.map(({ name, isUsable }) => [name, isUsable])).toEqual([
    ['onnxruntime', false],
    ['tfjs-node', false],
    ['tfjs-wasm', false],
  ])
  expect(facts[0]?.reason).toMatch(/SIGABRT/)
})

test('what a native library writes before the answer does not matter', async () => {
  const facts = await probeEngines((name) => Promise.resolve(`a banner\n${JSON.stringify({ name, isUsable: true })}\n`))
  expect(facts.every(({ isUsable }) => isUsable)).toBe(true)
})

test('every profiler but "none" is there, with what it reads or why it cannot', async () => {
  const predefined = ProfilerRegistry.withPredefinedProfilers({ root: '/nowhere' })
  const { profilers } = await detectMachine({ registry: predefined, probe: () => Promise.resolve([]) })
  expect(profilers.map(({ name }) => name)).toEqual(predefined.names.filter((name) => name !== 'none'))
  expect(profilers.every(({ isUsable, detail, reason }) => (isUsable ? detail : reason) !== undefined)).toBe(true)
})

test('without profilers there is nothing to tell of them', async () => {
  expect(await detectMachine({ registry, probe: () => Promise.resolve([]) })).toMatchObject({
    engines: [],
    profilers: [],
  })
})
