import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PerfProfiler } from '../../profilers/perf.js'
import { makePerfParser } from '../../profilers/perf-lines.js'
import { PowerGadgetProfiler } from '../../profilers/power-gadget.js'
import { makePowerLogParser } from '../../profilers/power-log-lines.js'
import { PowermetricsProfiler } from '../../profilers/powermetrics.js'
import { makePowermetricsParser } from '../../profilers/powermetrics-samples.js'
import { ToolFollower, type ToolSample } from '../../profilers/tool-follower.js'
import { ToolState } from '../../profilers/tool-state.js'
import { startTool } from '../../profilers/tool-thread.js'
import { seconds } from '../../src/core/units.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const plain = (samples: readonly ToolSample[]) => samples.map(({ joules }) => Object.fromEntries(joules))

describe('what perf prints', () => {
  const line = (value: string, place = 'S0') => `     0.100;${place};1;${value};Joules;power/energy-pkg/;100;100.00;;\n`

  test('one sample for each time, with all its packages', () => {
    const text = `${line('1.5')}${line('2.5', 'S1')}${line('3').replace('0.100', '0.200')}`
    expect(plain(makePerfParser().push(text))).toEqual([
      { 'energy-pkg 0/0': 1.5, 'energy-pkg 1/0': 2.5 },
      { 'energy-pkg 0/0': 3 },
    ])
  })

  test('a line that arrives in two pieces is one line', () => {
    const parser = makePerfParser()
    const text = line('4.25')
    expect([parser.push(text.slice(0, 20)), plain(parser.push(text.slice(20)))]).toEqual([
      [],
      [{ 'energy-pkg 0/0': 4.25 }],
    ])
  })

  test.each([
    ['a decimal comma', line('1,5'), { 'energy-pkg 0/0': 1.5 }],
    ['an event that was not counted', line('<not counted>'), { 'energy-pkg 0/0': undefined }],
    ['dies', line('1', 'S0-D1'), { 'energy-pkg 0/1': 1 }],
  ])('%s', (_, text, expected) => {
    expect(plain(makePerfParser().push(text))).toEqual([expected])
  })

  test('other lines are no samples', () => {
    expect(makePerfParser().push('Error: no access\n\n# started\n')).toEqual([])
  })
})

describe('what PowerLog writes', () => {
  const rows = (header: string, ...lines: readonly string[]) =>
    plain(makePowerLogParser().push(`${[header, ...lines].join('\n')}\n`))

  test.each([
    'Cumulative Processor Energy_0(Joules)',
    'cumulative processor energy_0 (joules)',
    'Cumulative Prcoessor Energy_0(Joules)',
  ])('energy is the difference of two rows, with the header "%s"', (column) => {
    expect(rows(`System Time, ${column}`, '10:00, 5.5', '10:01, 7.0')).toEqual([{ 'package 0': 1.5 }])
  })

  test('packages and parts are told apart, watts and mWh left out', () => {
    const header = 'Processor Power_0(Watt), Cumulative Processor Energy_1(Joules), Cumulative DRAM Energy_1(Joules), x'
    expect(rows(header, '9, 1, 2, 0', '9, 2, 4, 0')).toEqual([{ 'package 1': 1, 'dram 1': 2 }])
  })

  test('summary lines at the end are no rows', () => {
    expect(rows('Cumulative Processor Energy_0(Joules), a, b, c', '', 'Total Elapsed Time (sec) = 1.2')).toEqual([])
  })

  test('a total that falls tells nothing', () => {
    expect(rows('Cumulative Processor Energy_0(Joules), a', '9, 1', '3, 1')).toEqual([{ 'package 0': undefined }])
  })
})

describe('what powermetrics prints', () => {
  const list = (keys: string) => `<plist><dict><key>elapsed_ns</key><integer>500000000</integer>${keys}</dict></plist>`
  const real = (key: string, value: number) => `<key>${key}</key><real>${value}</real>`

  test('mean power times the length of the interval, by part', () => {
    const text = list(real('cpu_power', 4000) + real('gpu_power', 200) + real('ane_power', 0))
    expect(plain(makePowermetricsParser().push(`${text}\0`))).toEqual([{ cpu: 2, gpu: 0.1, ane: 0 }])
  })

  test('energy where there is no power', () => {
    expect(plain(makePowermetricsParser().push(list('<key>cpu_energy</key><integer>1500</integer>')))).toEqual([
      { cpu: 1.5 },
    ])
  })

  test('the package of an Intel processor', () => {
    expect(plain(makePowermetricsParser().push(list(real('package_watts', 10))))).toEqual([{ package: 5 }])
  })

  test('lists in pieces, with zero bytes between them', () => {
    const parser = makePowermetricsParser()
    const text = `${list(real('cpu_power', 2000))}\0${list(real('cpu_power', 4000))}`
    const samples = [...text].flatMap((character) => parser.push(character))
    expect(plain(samples)).toEqual([{ cpu: 1 }, { cpu: 2 }])
  })
})

describe('the domains of a tool', () => {
  const line = (time: number, socket: number, event: string) =>
    `     0.${time}00;S${socket};1;1.50;Joules;power/${event}/;100;100.00;;\n`
  const interval = (time: number) =>
    [0, 1].flatMap((socket) => ['energy-pkg', 'energy-ram'].map((event) => line(time, socket, event)))
  const follow = (pieces: readonly string[]) => {
    const state = new ToolState()
    const told: (readonly string[])[] = []
    const follower = new ToolFollower(
      makePerfParser(),
      state,
      () => seconds(1),
      (names) => told.push(names),
    )
    for (const piece of pieces) follower.push(piece)
    return { told, state }
  }
  const all = ['energy-pkg 0/0', 'energy-ram 0/0', 'energy-pkg 1/0', 'energy-ram 1/0']

  test('are complete however the lines of an interval come', () => {
    const lines = [1, 2, 3].flatMap(interval)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 60 }), (lengths) => {
        const text = lines.join('')
        const pieces: string[] = []
        for (let at = 0; at < text.length; at += pieces.at(-1)?.length ?? 1)
          pieces.push(text.slice(at, at + (lengths[pieces.length % lengths.length] ?? 1)))
        const { told, state } = follow(pieces)
        expect([told, state.read(4, 1, 1)]).toEqual([[all], [4.5, 4.5, 4.5, 4.5]])
      }),
    )
  })

  test('one that turns up later leaves no joules that would pass for all', () => {
    const { told, state } = follow([...[1, 2, 3].flatMap((time) => interval(time).slice(0, 2)), ...interval(4)])
    expect([told, state.read(2, 1, 1)]).toEqual([[all.slice(0, 2)], [undefined, undefined]])
  })
})

describe('the counters of a tool', () => {
  test('are gaps when it has been silent for too long, and when it has ended', () => {
    const state = new ToolState()
    state.add(0, 5)
    state.mark(100)
    const [fresh, silent] = [state.read(1, 100.5, 1), state.read(1, 102, 1)]
    state.end()
    expect([fresh, silent, state.read(1, 100.5, 1)]).toEqual([[5], [undefined], [undefined]])
  })

  test('start again when it lost something, so that the fall is seen', () => {
    const state = new ToolState()
    state.add(0, 5)
    state.mark(100)
    state.add(0, undefined)
    expect(state.read(1, 100, 1)).toEqual([0])
  })
})

describe('a tool that cannot be used says why and what helps', () => {
  const nowhere = temporaryFolder()

  test('a tool that ends at once, with its first words', async () => {
    const spec = {
      command: process.execPath,
      arguments: ['-e', 'console.error("Error:\\nyou may not look at this counter"); process.exit(3)'],
      output: 'stderr',
      parser: {
        module: new URL('../../dist/profilers/perf-lines.js', import.meta.url).href,
        factory: 'makePerfParser',
      },
    } as const
    expect(await startTool(spec)).toEqual({
      problem: `${process.execPath} ended with 3: you may not look at this counter`,
    })
  })

  test('perf without the power PMU', async () => {
    expect(await new PerfProfiler({ root: nowhere }).probe()).toMatchObject({
      reason: expect.stringContaining('power PMU'),
    })
  })

  test('perf that is not allowed: the setting', async () => {
    const root = join(nowhere, 'denied')
    const events = join(root, 'sys/bus/event_source/devices/power/events')
    mkdirSync(events, { recursive: true })
    mkdirSync(join(root, 'proc/sys/kernel'), { recursive: true })
    writeFileSync(join(events, 'energy-pkg'), 'event=0x02\n')
    writeFileSync(join(root, 'proc/sys/kernel/perf_event_paranoid'), '2\n')
    const getuid = process.getuid
    process.getuid = () => 1000
    const availability = await new PerfProfiler({ root, perf: '/nowhere/perf' }).probe()
    if (getuid !== undefined) process.getuid = getuid
    expect(availability).toMatchObject({ fix: 'sudo sysctl kernel.perf_event_paranoid=0' })
  })

  test('Power Gadget on a Mac: powermetrics instead', async () => {
    expect(await new PowerGadgetProfiler({ platform: 'darwin', root: nowhere }).probe()).toEqual({
      isAvailable: false,
      reason: "Intel's Power Gadget is not installed, and Intel withdrew it at the end of 2023",
      fix: 'sudo greenbench ... --profiler powermetrics; or name an old copy with --power-log',
    })
  })

  test('a PowerLog that is not where the user says', async () => {
    expect(await new PowerGadgetProfiler({ powerLog: '/nowhere/PowerLog' }).probe()).toMatchObject({
      reason: 'there is no PowerLog at /nowhere/PowerLog',
    })
  })

  test('powermetrics without root', async () => {
    const powermetrics = fileURLToPath(new URL('../fixtures/machine/powermetrics.mjs', import.meta.url))
    const profiler = new PowermetricsProfiler({ platform: 'darwin', isRoot: false, powermetrics })
    expect(await profiler.probe()).toMatchObject({ fix: 'sudo greenbench ...' })
  })
})
