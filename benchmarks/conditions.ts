/** The state of the machine at one moment: how busy, how fast, how warm. Read before and after a run and compared. */
import { loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { monotonicClock } from '../profilers/clock.js'
import { textIfThere } from '../profilers/device-file.js'
import { readVirtualisation } from '../profilers/machine.js'
import { type CpuTimes, machineLoad } from '../profilers/machine-load.js'
import { foldersIn, governorOf, groupFile, numberAt } from './host.js'

/** One moment; what the system does not tell is absent. */
export interface Conditions {
  /** Monotonic clock, seconds. */
  readonly at: number
  /** Mean number of tasks that ran or waited over 1, 5 and 15 minutes. */
  readonly loadAverage?: readonly number[]
  /** CPU seconds of all processors since the start of the system. */
  readonly cpuTimes?: CpuTimes
  /** CPU seconds of this process, all threads. */
  readonly ownCpuSeconds: number
  readonly governor?: string
  /** Current clock over all processors. */
  readonly megahertz?: { readonly mean: number; readonly low: number; readonly high: number }
  /** Hottest sensor of the processor, degrees Celsius. */
  readonly celsius?: number
  /** Times that a processor slowed down for heat, since the start of the system. */
  readonly throttleCount?: number
  /** Seconds for which the control group's limit held this process up. */
  readonly quotaSeconds?: number
  readonly usedMemoryBytes?: number
  readonly memoryBytes: number
  /** Pages read back from swap since the start of the system. */
  readonly swappedInPages?: number
  readonly isOnBattery?: boolean
  readonly isVirtual: boolean
}

/** Options of `readConditions`. */
export interface ConditionsOptions {
  /** Folder that stands for `/`. */
  readonly root?: string
}

/** Reads files only; takes about a millisecond, more on machines with hundreds of processors. */
export async function readConditions({ root = '/' }: ConditionsOptions = {}): Promise<Conditions> {
  const { user, system } = process.cpuUsage()
  const load = machineLoad(root)
  const conditions: Conditions = {
    at: monotonicClock(),
    ownCpuSeconds: (user + system) * 1e-6,
    memoryBytes: totalmem(),
    isVirtual: readVirtualisation(root).machine !== undefined,
    ...known({
      loadAverage: loadAverageOf(root),
      cpuTimes: orNothing(() => load.cpuTimes()),
      governor: governorOf(root),
      megahertz: megahertzOf(root),
      celsius: celsiusOf(root),
      throttleCount: throttleCountOf(root),
      quotaSeconds: quotaSecondsOf(root),
      usedMemoryBytes: orNothing(() => load.usedMemory()),
      swappedInPages: swappedInOf(root),
      isOnBattery: isOnBattery(root),
    }),
  }
  load.close()
  return conditions
}

type Known<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Leaves out what is `undefined`. */
function known<T extends object>(facts: T): Known<T> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Known<T>
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    // As everywhere here: what cannot be read is not known.
    return undefined
  }
}

function loadAverageOf(root: string): readonly number[] | undefined {
  if (root === '/') return process.platform === 'win32' ? undefined : loadavg()
  const numbers = (textIfThere(join(root, 'proc/loadavg')) ?? '').split(' ').slice(0, 3).map(Number)
  return numbers.length === 3 && numbers.every(Number.isFinite) ? numbers : undefined
}

function megahertzOf(root: string): Conditions['megahertz'] {
  const folder = 'sys/devices/system/cpu/cpufreq'
  const clocks = foldersIn(join(root, folder), /^policy\d+$/).flatMap((policy) => {
    const kilohertz = numberAt(root, `${folder}/${policy}/scaling_cur_freq`)
    return kilohertz === undefined ? [] : [kilohertz / 1000]
  })
  if (clocks.length === 0) return undefined
  const mean = clocks.reduce((sum, clock) => sum + clock, 0) / clocks.length
  return { mean, low: Math.min(...clocks), high: Math.max(...clocks) }
}

/** Thermal zones and hwmon chips whose names tell that they sit in the processor. */
const CPU_SENSOR = /cpu|pkg|soc|core|k10temp|zenpower|tctl|tdie/i

function celsiusOf(root: string): number | undefined {
  const zones = foldersIn(join(root, 'sys/class/thermal'), /^thermal_zone\d+$/).flatMap((zone) => {
    const type = textIfThere(join(root, 'sys/class/thermal', zone, 'type')) ?? ''
    return CPU_SENSOR.test(type) ? [numberAt(root, `sys/class/thermal/${zone}/temp`)] : []
  })
  const chips = foldersIn(join(root, 'sys/class/hwmon'), /^hwmon\d+$/).flatMap((chip) => {
    const folder = join(root, 'sys/class/hwmon', chip)
    if (!CPU_SENSOR.test(textIfThere(join(folder, 'name')) ?? '')) return []
    return foldersIn(folder, /^temp\d+_input$/).map((file) => numberAt(root, `sys/class/hwmon/${chip}/${file}`))
  })
  const degrees = [...zones, ...chips].flatMap((thousandths) => (thousandths === undefined ? [] : [thousandths / 1000]))
  const believable = degrees.filter((celsius) => celsius > 0 && celsius < 150)
  return believable.length === 0 ? undefined : Math.max(...believable)
}

/** Intel only: one package count, and core counts that rise with it. */
function throttleCountOf(root: string): number | undefined {
  const folder = 'sys/devices/system/cpu'
  const counts = foldersIn(join(root, folder), /^cpu\d+$/).flatMap((cpu) =>
    ['core', 'package'].map((part) => numberAt(root, `${folder}/${cpu}/thermal_throttle/${part}_throttle_count`)),
  )
  const there = counts.filter((count) => count !== undefined)
  return there.length === 0 ? undefined : there.reduce((sum, count) => sum + count, 0)
}

function quotaSecondsOf(root: string): number | undefined {
  const now = /^throttled_usec (\d+)$/m.exec(groupFile(root, 'cpu.stat') ?? '')?.[1]
  if (now !== undefined) return Number(now) * 1e-6
  const old = /^throttled_time (\d+)$/m.exec(textIfThere(join(root, 'sys/fs/cgroup/cpu/cpu.stat')) ?? '')?.[1]
  return old === undefined ? undefined : Number(old) * 1e-9
}

/** `/proc/vmstat` is longer than a device file; the counter lies in its first pages on every kernel since 2.6. */
function swappedInOf(root: string): number | undefined {
  const pages = /^pswpin (\d+)$/m.exec(textIfThere(join(root, 'proc/vmstat')) ?? '')?.[1]
  return pages === undefined ? undefined : Number(pages)
}

function isOnBattery(root: string): boolean | undefined {
  const folder = join(root, 'sys/class/power_supply')
  const batteries = foldersIn(folder, /^BAT\d+$/)
  if (batteries.length === 0) return undefined
  return batteries.some((battery) => textIfThere(join(folder, battery, 'status')) === 'Discharging')
}
