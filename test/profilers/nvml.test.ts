import { afterEach, describe, expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { chooseBoards, type GpuWishes } from '../../profilers/gpu-choice.js'
import { type NvmlOptions, NvmlProfiler } from '../../profilers/nvml.js'
import { startSampling } from '../../profilers/sampler.js'
import { seconds } from '../../src/core/units.js'
import type { SensorShape } from '../fixtures/machine/sensors.mjs'
import { buildNvml, installNvml } from '../helpers/nvml-library.js'
import { SensorMachine } from '../helpers/sensor-machine.js'

const built = buildNvml()
const machines: SensorMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

const board = (index: number, more: Partial<SensorShape> = {}): SensorShape => ({ kind: 'nvml', index, ...more })

function profilerOn(sensors: readonly SensorShape[], options: NvmlOptions = {}) {
  const machine = new SensorMachine({ sensors, curve: { idle: 250 } })
  machines.push(machine)
  const library = 'path' in built ? installNvml(built, machine.root) : ''
  return { machine, profiler: new NvmlProfiler({ root: machine.root, library, environment: {}, ...options }) }
}

const reason = 'reason' in built ? `: ${built.reason}` : ''

describe.skipIf(reason !== '')(`boards of a simulated driver${reason}`, () => {
  test('counters of all boards are counted; their power is shown beside them', async () => {
    const { profiler } = profilerOn([board(0), board(1)])
    await profiler.probe()
    expect(profiler.domains().map(({ name, counter, isCounted }) => [name, counter, isCounted])).toEqual([
      ['gpu-0', 'energy', true],
      ['gpu-0/power', 'power', false],
      ['gpu-1', 'energy', true],
      ['gpu-1/power', 'power', false],
    ])
  })

  test('a board without a counter is counted by its power, and says so', async () => {
    const { profiler } = profilerOn([board(0, { hasCounter: false })])
    expect(await profiler.probe()).toMatchObject({ detail: expect.stringContaining('power over time') })
    expect(profiler.domains()).toMatchObject([{ name: 'gpu-0', counter: 'power', isCounted: true }])
  })

  test('a reading is in joules and watts', async () => {
    const { machine, profiler } = profilerOn([board(0)])
    await profiler.probe()
    machine.advanceTo(1010)
    expect(profiler.read().values).toEqual([expect.closeTo(250 * 1010, 1), expect.closeTo(250, 2)])
  })

  test('a board that vanishes is a gap', async () => {
    const { machine, profiler } = profilerOn([board(0)])
    await profiler.probe()
    machine.write('nvml/gpu0', 'fell off the bus')
    expect(profiler.read().values).toEqual([undefined, undefined])
  })

  test('a board that MIG divides says that its energy is that of the whole board', async () => {
    const { profiler } = profilerOn([board(0, { isDivided: true })])
    expect(await profiler.probe()).toMatchObject({
      detail: expect.stringContaining('MIG: energy is that of the whole'),
    })
  })

  test('CUDA_VISIBLE_DEVICES names the board of an instance', async () => {
    const environment = { CUDA_VISIBLE_DEVICES: 'MIG-11111111-2222' }
    const { profiler } = profilerOn([board(0), board(1)], { environment })
    await profiler.probe()
    expect(profiler.domains().map(({ name }) => name)).toEqual(['gpu-0', 'gpu-0/power'])
  })

  test('a board that was asked for and is not there: which there are', async () => {
    const { profiler } = profilerOn([board(0)], { gpus: ['3'] })
    expect(await profiler.probe()).toEqual({
      isAvailable: false,
      reason: 'there is no GPU "3"',
      fix: 'choose from 0 (GPU-00000000-aaaa)',
    })
  })

  test('it is read on the sampling thread', async () => {
    const { machine, profiler } = profilerOn([board(0)])
    machine.advanceTo(1001)
    await profiler.probe()
    const sampling = await startSampling([{ profiler, interval: seconds(0.01) }], monotonicClock)
    while ((sampling.samplers[0]?.statistics().readings ?? 0) < 2) await new Promise((done) => setTimeout(done, 5))
    await sampling.close()
    expect(sampling.warnings).toEqual([])
    expect(sampling.samplers[0]?.statistics().failed).toBe(0)
  })
})

test('without the driver, a machine that has such a board is told to install it', async () => {
  const machine = new SensorMachine({
    sensors: [],
    curve: { idle: 1 },
    files: { 'sys/bus/pci/devices/0000:01:00.0/vendor': '0x10de\n', 'proc/cpuinfo': 'flags : fpu\n' },
  })
  machines.push(machine)
  const profiler = new NvmlProfiler({ root: machine.root, library: '/nowhere/libnvidia-ml.so.1' })
  expect(await profiler.probe()).toMatchObject({ isAvailable: false, fix: expect.stringContaining('driver') })
})

describe('which boards are counted', () => {
  const boards = ['GPU-aaaa1111', 'GPU-bbbb2222', 'GPU-bbbb3333'].map((uuid, index) => ({ index, uuid }))
  const chosen = (wishes: Partial<GpuWishes>) =>
    chooseBoards(boards, { boardOfInstance: () => undefined, ...wishes }).boards.map(({ index }) => index)

  test.each<[string, Partial<GpuWishes>, readonly number[]]>([
    ['all where nothing is said', {}, [0, 1, 2]],
    ['by number', { visible: '2,0' }, [2, 0]],
    ['by the beginning of a UUID', { visible: 'GPU-aaaa' }, [0]],
    ['none by a beginning that fits two', { visible: 'GPU-bbbb' }, []],
    ['up to the first that CUDA does not know', { visible: '1,-1,0' }, [1]],
    ['none where the variable is empty', { visible: '' }, []],
    ['once, however often it is named', { visible: '1,1' }, [1]],
    ['the one of an instance in the old spelling', { visible: 'MIG-GPU-bbbb2222/3/0' }, [1]],
    ['what was asked for, whatever CUDA sees', { asked: ['GPU-bbbb3333', '0'], visible: '1' }, [2, 0]],
  ])('%s', (_, wishes, expected) => {
    expect(chosen(wishes)).toEqual(expected)
  })

  test('numbers are told to be those of the bus, unless CUDA counts so, too', () => {
    const note = (order?: string) =>
      chooseBoards(boards, { visible: '0', order, boardOfInstance: () => undefined }).note
    expect([note(), note('PCI_BUS_ID')]).toEqual([expect.stringContaining('CUDA_DEVICE_ORDER'), undefined])
  })
})
