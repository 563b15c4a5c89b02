/** What onnxruntime fuses must cost what its parts cost: files are optimised by the engine and counted again. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { ModelFactory } from '../../formats/factory.js'
import { countGraph, type GraphCounts } from '../../src/operators/count.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url))
/** More than the largest weight of these models; the file is a hole. */
const WEIGHT_FILE_BYTES = 2 ** 24

const folder = temporaryFolder()

async function countFile(path: string): Promise<GraphCounts> {
  const { graph } = await ModelFactory.withPredefinedFormats().open(path)
  if (graph === undefined) throw new Error(`${path} has no graph`)
  return countGraph(graph, { batchSize: 1 })
}

/** Counts a golden file as it is, and as the engine leaves it after its optimisations. */
async function countBoth(name: string, level: 'extended' | 'all'): Promise<readonly [GraphCounts, GraphCounts]> {
  const path = join(folder, `${name}.onnx`)
  const optimised = join(folder, `${name}.${level}.onnx`)
  const weights = join(folder, 'weights.bin')
  writeFileSync(weights, '')
  truncateSync(weights, WEIGHT_FILE_BYTES)
  writeFileSync(path, gunzipSync(readFileSync(join(GOLDEN, `${name}.onnx.gz`))))
  const options = { graphOptimizationLevel: level, optimizedModelFilePath: optimised, logSeverityLevel: 4 } as const
  const session = await InferenceSession.create(path, options)
  await session.release()
  return [await countFile(path), await countFile(optimised)]
}

const domainsOf = ({ operators }: GraphCounts) => operators.map(({ operator }) => operator.replace(/[^.]*$/, ''))

describe.each(['mobilenet_v3_small', 'transformer', 'squeezenet1_1'])('%s', (name) => {
  test('costs the same multiply-accumulates when its operators are fused', async () => {
    const [plain, fused] = await countBoth(name, 'extended')
    expect(domainsOf(fused)).toContain('com.microsoft.')
    expect(fused.counts.unknownOperators).toEqual([])
    expect(fused.counts.macs).toBe(plain.counts.macs)
  })
})

test('blocks of channels, where the machine has them, cost what is computed when they are filled up: a little more', async () => {
  const [plain, blocked] = await countBoth('squeezenet1_1', 'all')
  expect(blocked.counts.unknownOperators).toEqual([])
  expect((blocked.counts.macs ?? 0) / (plain.counts.macs ?? 1)).toBeGreaterThanOrEqual(1)
  expect((blocked.counts.macs ?? 0) / (plain.counts.macs ?? 1)).toBeLessThan(1.05)
})
