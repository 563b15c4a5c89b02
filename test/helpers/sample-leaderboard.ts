/** Leaderboards as `greenbench leaderboard build` writes them, of any size, for tests and benchmarks of what shows them. */
import type { InferenceRecord } from '../../src/core/record.js'
import type {
  Leaderboard,
  LeaderboardEntry,
  LeaderboardRun,
  Protocol,
} from '../../src/results/leaderboard/leaderboard.js'
import { sampleInference, withPerInference } from './sample-records.js'

const MACHINES = ['AMD EPYC 7763, 2 x 64 cores', 'Intel Xeon 8480, 56 cores'] as const

/** The record of a run, as it would lie in its file. */
export function sampleRecord(index: number, name = `model ${index}`): InferenceRecord {
  const joules = 0.05 * 1.3 ** (index % 20) * (1 + index / 1e5)
  const record = withPerInference(sampleInference(), { joules, low: joules * 0.97, high: joules * 1.03 })
  record.id = `run-${index}`
  record.model.name = name
  record.accuracy = { top1: 0.6 + 0.3 * Math.abs(Math.sin(index)), count: 1000 }
  return record
}

/**
 * @param names - of the models, one run each; machines take turns
 * @param sha256Of - digest of the file of each run
 */
export function sampleLeaderboard(
  names: readonly string[],
  sha256Of = (_index: number) => '0'.repeat(64),
): Leaderboard {
  const runs = names.map((name, index) => listedRun(sampleRecord(index, name), index, sha256Of(index)))
  return {
    kind: 'leaderboard',
    leaderboardVersion: 1,
    edition: {
      name: '2026',
      title: 'Image classifiers',
      date: '2026-03-01',
      rules: [{ about: 'rank', rule: '1 plus the number of models that take significantly less' }],
      lines: [{ name: 'cpu', joules: 1, atTop1: 0.7, exponent: 1, fromTop1: 0, toTop1: 1, source: 'a line for tests' }],
      limits: [{ letter: 'A', index: 0.25 }],
    },
    hardware: MACHINES.map((name, index) => ({ id: `machine-${index}`, name, kind: 'cpu' })),
    models: runs.map(({ model }, index) => ({
      id: `m-${index}`,
      name: model.name,
      format: 'onnx',
      bytes: model.bytes,
      parameters: 1_000_000 + 7 * index,
    })),
    groups: MACHINES.map((_, machine) => ({
      id: `group-${machine}`,
      hardware: `machine-${machine}`,
      protocol: protocolOf(machine),
      entries: ranked(
        runs.map((run, index) => ({ run, index })).filter(({ index }) => index % MACHINES.length === machine),
      ),
    })).filter(({ entries }) => entries.length > 0),
    runs,
    training: [],
    leftOut: [{ path: 'results/broken.json', code: 'E_RECORD_INVALID', reason: 'not JSON' }],
  }
}

const protocolOf = (machine: number): Protocol => ({
  batchSize: 1,
  engine: 'onnxruntime',
  executionProvider: 'cpu',
  threads: 2,
  energy: machine === 0 ? 'measured' : 'modelled',
  parts: ['dram', 'package'],
  input: 'images',
  inputSize: '3x224x224',
  images: { count: 1000, classes: 10 },
  windows: 'standard',
})

function listedRun(
  { schemaVersion, kind, complete, options, samples, layers, ...figures }: InferenceRecord,
  index: number,
  sha256: string,
): LeaderboardRun {
  return { ...figures, raw: { path: `results/run-${index}.json`, sha256, index: 0 } }
}

function ranked(members: readonly { readonly run: LeaderboardRun; readonly index: number }[]): LeaderboardEntry[] {
  const byEnergy = [...members].sort((one, other) => joulesOf(one.run) - joulesOf(other.run))
  let best = 0
  return byEnergy.map(({ run, index }, position) => {
    const top1 = run.accuracy?.top1 ?? 0
    const isFront = top1 > best
    best = Math.max(best, top1)
    const joules = joulesOf(run)
    return {
      model: `m-${index}`,
      rank: position + 1,
      tiedWith: index % 5 === 0 ? 1 : 0,
      pareto: isFront ? 'front' : 'dominated',
      grade: {
        edition: '2026',
        line: 'cpu',
        letter: 'B',
        best: 'A',
        worst: 'B',
        index: { value: joules, low: joules, high: joules },
      },
      energyPerInference: { joules, low: joules * 0.97, high: joules * 1.03 },
      runs: [run.id],
      accuracy: { top1, low: top1 - 0.02, high: top1 + 0.02, count: 1000 },
      latency: { mean: 0.02, p50: 0.019, p90: 0.022, p95: 0.025, p99: 0.03 },
      carbon: { grams: joules * 1e-4, low: joules * 9e-5, high: joules * 1.1e-4, zones: ['WORLD'] },
      macs: 1e9 + index,
      warnings: [],
    }
  })
}

const joulesOf = ({ energy }: LeaderboardRun): number => energy?.perInference.joules ?? 0
