import { describe, expect, test } from 'vitest'
import { hardwareClass } from '../../../src/results/leaderboard/hardware-class.js'
import { sampleRecord } from '../../helpers/sample-runs.js'

const onCpu = (cpu: unknown) => hardwareClass({ host: { cpu }, engine: { executionProvider: 'cpu' } })

const board = (source: string, isCounted = true) => ({
  name: 'gpu-0',
  profiler: 'nvml',
  kind: 'measured',
  part: 'gpu',
  joules: 1,
  low: 1,
  high: 1,
  isCounted,
  source,
})
const onGpu = (...sources: readonly string[]) =>
  hardwareClass({
    host: { cpu: { model: 'Example CPU', logicalCpus: 8 } },
    engine: { executionProvider: 'cuda' },
    energy: { domains: sources.map((source) => board(source)) },
  })
const H200 = 'NVML energy counter of the whole board, NVIDIA H200'

describe('hardwareClass', () => {
  test.each([
    [
      { model: 'Intel(R) Xeon(R)  CPU', packages: 2, physicalCores: 64, logicalCpus: 128 },
      'Intel Xeon CPU, 2 x 32 cores, 128 threads',
    ],
    [{ model: 'ARM Cortex', logicalCpus: 1 }, 'ARM Cortex, 1 thread'],
    [{ model: 'X', logicalCpus: 8, quotaCpus: 1.5 }, 'X, 8 threads, limited to 1.5'],
  ])('names a processor %j', (cpu, name) => {
    expect(onCpu(cpu)).toMatchObject({ name, kind: 'cpu' })
  })

  test.each([
    [undefined],
    [null],
    ['a name'],
    [{}],
    [{ model: 'unknown', logicalCpus: 2 }],
    [{ model: 3, logicalCpus: 2 }],
    [{ model: 'X' }],
  ])('does not know the processor of %j', (cpu) => {
    expect(onCpu(cpu)).toBeUndefined()
  })

  test('is the board where a board does the work', () => {
    expect(onGpu(H200)).toMatchObject({ name: 'NVIDIA H200', kind: 'gpu' })
    expect(onGpu(H200, H200)).toMatchObject({ name: '2 x NVIDIA H200' })
  })

  test('does not know a board whose sensor does not name it', () => {
    expect(onGpu('amdgpu board power')).toBeUndefined()
    expect(onGpu()).toBeUndefined()
  })

  test('is the same for the same machine, whatever memory and system it has', () => {
    const [one, other] = [sampleRecord(), sampleRecord()]
    other.host = { ...other.host, memoryBytes: 1, os: { name: 'another' } }
    expect(hardwareClass(one)).toEqual(hardwareClass(other))
  })
})
