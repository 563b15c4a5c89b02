import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { detectProfilers } from '../../profilers/detection.js'
import { permissionRules } from '../../profilers/permission-rules.js'
import { Profiler, type Reading } from '../../profilers/profiler.js'
import { ProfilerRegistry } from '../../profilers/registry.js'
import { SensorMachine } from '../helpers/sensor-machine.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const machines: SensorMachine[] = []
afterEach(() => {
  for (const machine of machines.splice(0)) machine.remove()
})

function machineWith(...sensors: ConstructorParameters<typeof SensorMachine>[0]['sensors']): SensorMachine {
  const machine = new SensorMachine({ sensors, curve: { idle: 50 }, files: { 'proc/cpuinfo': 'flags : fpu\n' } })
  machines.push(machine)
  return machine
}

test('every profiler is told of, with its domains or with what keeps it from being used', async () => {
  const { root } = machineWith({ kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0' }, { kind: 'battery' })
  const detections = await detectProfilers({ root, probeDuration: 0.02 })
  expect(detections.map(({ name }) => name)).toEqual(
    ProfilerRegistry.withPredefinedProfilers().names.filter((name) => name !== 'none'),
  )
  for (const { isAvailable, reason, detail, domains } of detections) {
    expect(isAvailable ? [domains.length > 0, detail] : [true, reason]).toEqual([true, expect.stringMatching(/\S/)])
  }
  expect(detections.filter(({ isAvailable }) => isAvailable).map(({ name }) => name)).toEqual(['rapl', 'battery'])
})

test('a domain tells its resolution and its update period: stated, or the time spent looking at a counter that stands', async () => {
  const { root } = machineWith({ kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0' }, { kind: 'battery' })
  const detections = await detectProfilers({ root, probeDuration: 0.02 })
  const domain = (name: string) => detections.find((one) => one.name === name)?.domains[0]
  expect(domain('rapl')).toMatchObject({ resolution: 2 ** -14, changes: 0 })
  expect(domain('battery')).toMatchObject({ updatePeriod: 5 })
  expect(domain('battery')).not.toHaveProperty('changes')
})

test('a probe that throws is told as a reason', async () => {
  class Broken extends Profiler {
    readonly name = 'broken'
    readonly kind = 'measured'
    probe = () => Promise.reject(new Error('on purpose'))
    domains = () => []
    read(): Reading {
      throw new Error('never read')
    }
  }
  const registry = new ProfilerRegistry().register('broken', () => new Broken())
  expect(await detectProfilers({ registry })).toMatchObject([
    { isAvailable: false, reason: 'its probe failed: on purpose' },
  ])
})

test('the script of permissions is one that a shell can read, whatever the user is called', () => {
  const path = join(temporaryFolder(), 'rules.sh')
  writeFileSync(path, permissionRules("o'brien; reboot"))
  expect(() => execFileSync('sh', ['-n', path], { stdio: 'pipe' })).not.toThrow()
  expect(permissionRules("o'brien; reboot")).toContain("usermod -aG greenbench 'o'\\''brien; reboot'")
})

test('the script of permissions opens counters and their ranges, and names no root', () => {
  const script = permissionRules(undefined)
  for (const file of ['energy_uj', 'max_energy_range_uj']) expect(script).toContain(`chmod g+r /sys%p/${file}`)
  expect(script).toContain('\n# Put each user who is to measure into the group: usermod -aG greenbench NAME\n')
})

test('the report on the hardware is made by plain Node', () => {
  const output = join(temporaryFolder(), 'report.md')
  const script = new URL('../../scripts/check-hardware.mjs', import.meta.url).pathname
  const times = ['--idle', '1', '--load', '1']
  const report = execFileSync(process.execPath, [script, ...times, '--output', output], {
    encoding: 'utf8',
    stdio: 'pipe',
  })
  expect(report).toMatch(/\| rapl \|[\s\S]*\| nvml \|[\s\S]*### idle: [\s\S]*### load: /)
})
