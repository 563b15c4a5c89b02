/** What two moments, before and after a run, say about the time between them. */
import type { Warning } from '../src/core/warning.js'
import type { Conditions } from './conditions.js'

/** The time between two moments. */
export interface ConditionChange {
  readonly seconds: number
  /** CPU seconds per second by others than this process, e.g. 0.5: half a processor; absent where not known. */
  readonly otherCpus?: number
  /** The same as a share of all processors, 0 to 1. */
  readonly otherShare?: number
  /** Share of the processors' time that the host of a virtual machine gave to others, 0 to 1. */
  readonly stolenShare?: number
  /** CPU seconds of this process. */
  readonly ownCpuSeconds: number
  readonly throttles?: number
  readonly quotaSeconds?: number
  readonly swappedInPages?: number
  readonly warnings: readonly Warning[]
}

/** Below this the ticks of the kernel's clock are too coarse to tell shares. */
const SHORTEST = 0.5
/** Share of the machine in the hands of other programs that is worth a word. */
const BUSY = 0.05
const STOLEN = 0.01
const LOW_MEMORY = 0.05

/** @returns shares of the time between, with a warning and its hint for each that disturbs a measurement */
export function conditionsBetween(before: Conditions, after: Conditions): ConditionChange {
  const seconds = after.at - before.at
  const ownCpuSeconds = after.ownCpuSeconds - before.ownCpuSeconds
  const facts = {
    seconds,
    ownCpuSeconds,
    ...sharesOf(before, after, seconds, ownCpuSeconds),
    ...rise('throttles', before.throttleCount, after.throttleCount),
    ...rise('quotaSeconds', before.quotaSeconds, after.quotaSeconds),
    ...rise('swappedInPages', before.swappedInPages, after.swappedInPages),
  }
  return { ...facts, warnings: warningsOf(facts, before, after) }
}

type Facts = Omit<ConditionChange, 'warnings'>

function sharesOf(before: Conditions, after: Conditions, seconds: number, own: number): Partial<Facts> {
  if (before.cpuTimes === undefined || after.cpuTimes === undefined || seconds < SHORTEST) return {}
  const busy = after.cpuTimes.busy - before.cpuTimes.busy
  const stolen = after.cpuTimes.stolen - before.cpuTimes.stolen
  const all = busy + stolen + after.cpuTimes.idle - before.cpuTimes.idle
  if (!(all > 0)) return {}
  const others = Math.max(0, busy - own)
  return { otherCpus: others / seconds, otherShare: others / all, stolenShare: Math.max(0, stolen) / all }
}

function rise<Name extends string>(name: Name, before?: number, after?: number): { [Key in Name]?: number } {
  const risen: { [Key in Name]?: number } = {}
  if (before !== undefined && after !== undefined) risen[name] = Math.max(0, after - before)
  return risen
}

function warningsOf(facts: Facts, before: Conditions, after: Conditions): readonly Warning[] {
  const { otherCpus = 0, otherShare = 0, stolenShare = 0, throttles = 0, quotaSeconds = 0, swappedInPages = 0 } = facts
  const used = after.usedMemoryBytes === undefined ? 0 : after.usedMemoryBytes / after.memoryBytes
  const doubts: readonly (Warning & { readonly isTrue: boolean })[] = [
    {
      isTrue: otherShare > BUSY,
      code: 'W_BACKGROUND_LOAD',
      message: `other programs kept ${otherCpus.toFixed(2)} processors busy (${percent(otherShare)} of the machine)`,
      hint: 'close them, or measure when the machine is idle',
    },
    {
      isTrue: stolenShare > STOLEN,
      code: 'W_CPU_STOLEN',
      message: `the host gave ${percent(stolenShare)} of the processors' time to other virtual machines`,
      hint: 'measure on dedicated hardware, or repeat at a quieter time',
    },
    {
      isTrue: throttles > 0,
      code: 'W_THROTTLED',
      message: `processors slowed down for heat ${throttles} times`,
      hint: 'let the machine cool down, use fewer --threads, or improve its cooling',
    },
    {
      isTrue: quotaSeconds > 0,
      code: 'W_CPU_QUOTA',
      message: `the container's CPU limit held the run up for ${quotaSeconds.toFixed(2)} s`,
      hint: 'raise the limit, or use fewer --threads than it allows',
    },
    {
      isTrue: swappedInPages > 0 && used > 0.5,
      code: 'W_SWAPPED',
      message: `${swappedInPages} pages were read back from swap`,
      hint: 'close other programs: waiting for a disk is part of these figures',
    },
    {
      isTrue: used > 1 - LOW_MEMORY,
      code: 'W_MEMORY_LOW',
      message: `${percent(used)} of the memory is in use`,
      hint: 'close other programs before the machine begins to swap',
    },
    {
      isTrue: before.isOnBattery === true || after.isOnBattery === true,
      code: 'W_ON_BATTERY',
      message: 'the machine runs on its battery, which makes most machines slower',
      hint: 'plug it in',
    },
    {
      isTrue: after.isVirtual,
      code: 'W_VIRTUAL_MACHINE',
      message: 'this is a virtual machine: speed and energy depend on what else its host runs',
      hint: 'measure on bare metal for figures that can be compared with those of other machines',
    },
  ]
  return doubts.flatMap(({ isTrue, ...warning }) => (isTrue ? [warning] : []))
}

const percent = (share: number): string => `${(share * 100).toFixed(0)}%`
