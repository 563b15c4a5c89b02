import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { conditionsBetween } from '../../benchmarks/condition-warnings.js'
import { type Conditions, readConditions } from '../../benchmarks/conditions.js'
import { readHost } from '../../benchmarks/host.js'
import { readVirtualisation } from '../../profilers/machine.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

/** A folder shaped like `/` with these files. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'greenbench-host-'))
  roots.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const LAPTOP = {
  'proc/cpuinfo': [0, 1, 2, 3]
    .map((cpu) => `processor : ${cpu}\nmodel name : Test CPU\nphysical id : 0\ncore id : ${cpu >> 1}\nflags : fpu\n`)
    .join('\n'),
  'proc/meminfo': 'MemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:   4000000 kB\n',
  'proc/stat': 'cpu  100 0 100 800 0 0 0 0 0 0\n',
  'proc/loadavg': '0.50 0.40 0.30 1/100 123\n',
  'proc/vmstat': 'nr_free_pages 1\npswpin 7\npswpout 9\n',
  'etc/os-release': 'NAME="Test"\nPRETTY_NAME="Test Linux 1"\n',
  'sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq': '4000000\n',
  'sys/devices/system/cpu/cpu0/cpufreq/scaling_driver': 'intel_pstate\n',
  'sys/devices/system/cpu/cpufreq/policy0/scaling_governor': 'powersave\n',
  'sys/devices/system/cpu/cpufreq/policy1/scaling_governor': 'performance\n',
  'sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq': '1000000\n',
  'sys/devices/system/cpu/cpufreq/policy1/scaling_cur_freq': '3000000\n',
  'sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': '2\n',
  'sys/class/thermal/thermal_zone0/type': 'x86_pkg_temp\n',
  'sys/class/thermal/thermal_zone0/temp': '61000\n',
  'sys/class/thermal/thermal_zone1/type': 'battery\n',
  'sys/class/thermal/thermal_zone1/temp': '90000\n',
  'sys/class/hwmon/hwmon0/name': 'coretemp\n',
  'sys/class/hwmon/hwmon0/temp1_input': '63000\n',
  'sys/class/power_supply/BAT0/status': 'Discharging\n',
}

describe('the host', () => {
  test('is read from its files', async () => {
    expect(await readHost({ root: rootWith(LAPTOP) })).toMatchObject({
      cpu: {
        model: 'Test CPU',
        logicalCpus: 4,
        physicalCores: 2,
        packages: 1,
        highestMegahertz: 4000,
        governor: 'performance, powersave',
        scalingDriver: 'intel_pstate',
      },
      memoryBytes: 16_384_000_000,
      os: { name: 'Test Linux 1' },
    })
  })

  test('in a container has the limits of its control group', async () => {
    const root = rootWith({
      ...LAPTOP,
      'sys/fs/cgroup/cpu.max': '50000 100000\n',
      'sys/fs/cgroup/memory.max': '1073741824\n',
    })
    expect(await readHost({ root })).toMatchObject({ cpu: { quotaCpus: 0.5 }, memoryLimitBytes: 1_073_741_824 })
  })

  test('keeps its name to itself unless asked', async () => {
    expect([await readHost(), await readHost({ hostname: true })]).toEqual([
      expect.not.objectContaining({ hostname: expect.anything() }),
      expect.objectContaining({ hostname: hostname() }),
    ])
  })

  test('is described wherever this runs', async () => {
    expect(await readHost()).toMatchObject({
      cpu: { model: expect.stringMatching(/./) },
      os: { name: expect.any(String) },
    })
  })
})

describe('a virtual machine or container is told', () => {
  const virtual = { 'proc/cpuinfo': 'flags : fpu hypervisor\n' }
  test.each([
    ['bare metal', { 'proc/cpuinfo': 'flags : fpu\n', 'sys/class/dmi/id/sys_vendor': 'Amazon EC2' }, {}],
    ['EC2', { ...virtual, 'sys/class/dmi/id/sys_vendor': 'Amazon EC2' }, { machine: 'Amazon EC2' }],
    ['a VM without tables', virtual, { machine: 'unknown' }],
    [
      'an ARM VM',
      { 'proc/cpuinfo': 'CPU part : 0xd0c\n', 'sys/class/dmi/id/sys_vendor': 'QEMU' },
      { machine: 'KVM or QEMU' },
    ],
    ['WSL', { 'proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2' }, { machine: 'WSL' }],
    ['docker', { '.dockerenv': '' }, { container: 'docker' }],
    ['podman', { 'run/.containerenv': '' }, { container: 'podman' }],
    ['kubernetes', { 'proc/1/cgroup': '0::/kubepods/besteffort/pod1' }, { container: 'kubernetes' }],
  ])('%s', (_what, files, expected) => {
    expect(readVirtualisation(rootWith(files))).toEqual(expected)
  })
})

describe('conditions', () => {
  test('are read from their files', async () => {
    expect(await readConditions({ root: rootWith(LAPTOP) })).toMatchObject({
      loadAverage: [0.5, 0.4, 0.3],
      cpuTimes: { busy: 2, idle: 8, stolen: 0 },
      governor: 'performance, powersave',
      megahertz: { mean: 2000, low: 1000, high: 3000 },
      celsius: 63,
      throttleCount: 2,
      usedMemoryBytes: 12_288_000_000,
      swappedInPages: 7,
      isOnBattery: true,
      isVirtual: false,
    })
  })

  test('that the system does not tell are absent, not 0', async () => {
    const found = await readConditions({ root: rootWith({}) })
    expect(Object.keys(found).sort()).toEqual(['at', 'isVirtual', 'memoryBytes', 'ownCpuSeconds'])
  })
})

describe('between two moments', () => {
  const quiet: Conditions = {
    at: 100,
    ownCpuSeconds: 1,
    cpuTimes: { busy: 50, idle: 500, stolen: 0 },
    memoryBytes: 1000,
    usedMemoryBytes: 400,
    isVirtual: false,
  }
  /** Ten seconds later on two processors: this process used 10 CPU seconds, nobody else anything. */
  const later: Conditions = { ...quiet, at: 110, ownCpuSeconds: 11, cpuTimes: { busy: 60, idle: 510, stolen: 0 } }
  const codesOf = (before: Conditions, after: Conditions) =>
    conditionsBetween(before, after).warnings.map(({ code }) => code)

  test('a quiet machine has no warning', () => {
    expect(conditionsBetween(quiet, later)).toMatchObject({ otherShare: 0, ownCpuSeconds: 10, warnings: [] })
  })

  // 14 busy CPU seconds of which 10 are ours: 4 in 10 s, of 20 CPU seconds in all.
  test('the load of others is what is busy and not ours', () => {
    const busy = { ...later, cpuTimes: { busy: 64, idle: 506, stolen: 0 } }
    expect(conditionsBetween(quiet, busy)).toMatchObject({
      otherCpus: expect.closeTo(0.4),
      otherShare: expect.closeTo(0.2),
      warnings: [{ code: 'W_BACKGROUND_LOAD' }],
    })
  })

  test.each([
    ['stolen time', { cpuTimes: { busy: 60, idle: 509, stolen: 1 } }, 'W_CPU_STOLEN'],
    ['a battery', { isOnBattery: true }, 'W_ON_BATTERY'],
    ['a virtual machine', { isVirtual: true }, 'W_VIRTUAL_MACHINE'],
    ['memory that runs out', { usedMemoryBytes: 970 }, 'W_MEMORY_LOW'],
  ] as const)('%s is told', (_what, change, code) => {
    expect(codesOf(quiet, { ...later, ...change })).toEqual([code])
  })

  test.each([
    ['heat', 'throttleCount', 'W_THROTTLED'],
    ["a container's limit", 'quotaSeconds', 'W_CPU_QUOTA'],
  ] as const)('%s is told when its counter rose', (_what, counter, code) => {
    const [before, after] = [
      { ...quiet, [counter]: 3 },
      { ...later, [counter]: 4 },
    ]
    expect([codesOf(before, { ...later, [counter]: 3 }), codesOf(before, after)]).toEqual([[], [code]])
  })

  test('shares of a time too short for the clock ticks are absent', () => {
    expect(conditionsBetween(quiet, { ...later, at: 100.1 })).not.toHaveProperty('otherShare')
  })

  test('every warning has a hint', () => {
    const worst = { ...later, isVirtual: true, isOnBattery: true, usedMemoryBytes: 999, throttleCount: 9 }
    const { warnings } = conditionsBetween({ ...quiet, throttleCount: 0 }, worst)
    expect(warnings.filter(({ hint }) => hint === '')).toEqual([])
    expect(warnings).toHaveLength(4)
  })
})
