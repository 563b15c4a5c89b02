/**
 * Splits the energy of the windows: what the idle machine takes anyway, what this process and its children caused, and what
 * others did. Energy above idle of processors is split by CPU time, that of memory by the memory in use; idle energy is
 * given to nobody.
 */
import type { DomainEnergy, WindowEnergy } from '../profilers/energy-window.js'
import type { EnergyRecord } from '../src/core/record.js'
import type { MachineUse } from './machine-use.js'
import type { Measurement } from './protocol.js'

type Attribution = NonNullable<EnergyRecord['attribution']>

/** CPU time below this, ticks of the kernel's clock, says nothing of shares. */
const LEAST_BUSY_SECONDS = 0.1

/**
 * Idle energy may be more than that of the windows: what is above it is below nothing then, and its interval tells why.
 *
 * @param net - energy above idle; intervals are as far to either side as it is, times the largest share
 * @returns `undefined` without an idle baseline of every domain, or where the system does not tell who used it
 */
export function attribution(
  { windows, idleBefore, idleAfter, idleWatts, use }: AttributedMeasurement,
  net?: EnergyRecord['net'],
): Attribution | undefined {
  const baselines = [idleBefore?.energy, idleAfter?.energy].filter((energy) => energy?.joules !== undefined)
  const shares = use && sharesOf(use.before, use.after)
  const scale = scaleTo(idleWatts, baselines)
  if (baselines.length === 0 || shares === undefined || scale === undefined) return undefined
  const energies = windows.flatMap(({ energy }) => (energy?.joules === undefined ? [] : [energy]))
  const split = { idle: 0, process: 0, others: 0, unattributed: 0 }
  const most = { process: 0, others: 0, unattributed: 0 }
  for (const { seconds, domains } of energies) {
    for (const domain of domains.filter(({ isCounted }) => isCounted)) {
      const watts = idleWattsOf(domain, baselines)
      if (watts === undefined) return undefined
      const idle = scale * watts * seconds
      split.idle += idle
      for (const [name, share] of Object.entries(partsOf(domain, shares)) as [keyof typeof most, number][]) {
        split[name] += share * (domain.joules - idle)
        most[name] = Math.max(most[name], share)
      }
    }
  }
  return { ...shares, joules: split, ...(net === undefined ? {} : { intervals: intervalsOf(split, most, net) }) }
}

type AttributedMeasurement = Pick<Measurement, 'windows' | 'idleBefore' | 'idleAfter' | 'idleWatts' | 'use'>
type Intervals = NonNullable<Attribution['intervals']>
type Above = Record<'process' | 'others' | 'unattributed', number>

function intervalsOf(split: Above, most: Above, net: NonNullable<EnergyRecord['net']>): Intervals {
  const [down, up] = [net.joules - net.low, net.high - net.joules]
  const around = (name: keyof Above) => ({ low: split[name] - most[name] * down, high: split[name] + most[name] * up })
  return { process: around('process'), others: around('others'), unattributed: around('unattributed') }
}

interface Shares {
  readonly cpuShare: number
  readonly memoryShare?: number
}

/** Ticks of two files that are not read at once may differ, so that a share is never more than all. */
function sharesOf(before: MachineUse, after: MachineUse): Shares | undefined {
  const busy = after.busySeconds - before.busySeconds
  if (busy < LEAST_BUSY_SECONDS) return undefined
  const cpuShare = Math.min(1, Math.max(0, (after.treeSeconds - before.treeSeconds) / busy))
  const { treeBytes, usedBytes } = after
  if (treeBytes === undefined || usedBytes === undefined || usedBytes === 0) return { cpuShare }
  return { cpuShare, memoryShare: Math.min(1, treeBytes / usedBytes) }
}

/** Idle power from elsewhere is spread over the domains as the baselines are. */
function scaleTo(watts: number | undefined, baselines: readonly (WindowEnergy | undefined)[]): number | undefined {
  if (watts === undefined) return 1
  const joules = baselines.reduce((sum, energy) => sum + (energy?.joules ?? 0), 0)
  const seconds = baselines.reduce((sum, energy) => sum + (energy?.seconds ?? 0), 0)
  return joules > 0 ? (watts * seconds) / joules : undefined
}

/** How what is above idle is split. A board's energy belongs to all that run on it, which CPU time does not tell apart. */
function partsOf({ part }: DomainEnergy, { cpuShare, memoryShare }: Shares): Above {
  const share = part === 'dram' ? memoryShare : part === 'gpu' || part === 'other' ? undefined : cpuShare
  if (share === undefined) return { process: 0, others: 0, unattributed: 1 }
  return { process: share, others: 1 - share, unattributed: 0 }
}

/** @returns mean power of a domain in the baselines; `undefined` unless each has it */
function idleWattsOf({ profiler, name }: DomainEnergy, baselines: readonly (WindowEnergy | undefined)[]) {
  const each = baselines.map((energy) => {
    const joules = energy?.domains.find((domain) => domain.profiler === profiler && domain.name === name)?.joules
    return energy === undefined || joules === undefined || !(energy.seconds > 0) ? Number.NaN : joules / energy.seconds
  })
  const mean = each.reduce((sum, watts) => sum + watts, 0) / each.length
  return Number.isNaN(mean) ? undefined : mean
}
