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

/** @returns `undefined` without an idle baseline, or where the system does not tell who used it */
export function attribution({
  windows,
  idleBefore,
  idleAfter,
  idleWatts,
  use,
}: Pick<Measurement, 'windows' | 'idleBefore' | 'idleAfter' | 'idleWatts' | 'use'>): Attribution | undefined {
  const baselines = [idleBefore?.energy, idleAfter?.energy].filter((energy) => energy?.joules !== undefined)
  const shares = use && sharesOf(use.before, use.after)
  if (baselines.length === 0 || shares === undefined) return undefined
  const energies = windows.flatMap(({ energy }) => (energy?.joules === undefined ? [] : [energy]))
  const scale = scaleTo(idleWatts, baselines)
  const idleOf = (key: string): number =>
    (scale * baselines.reduce((sum, energy) => sum + wattsOf(energy, key), 0)) / baselines.length
  const split = { idle: 0, process: 0, others: 0, unattributed: 0 }
  for (const { seconds, domains } of energies) {
    for (const domain of domains.filter(({ isCounted }) => isCounted)) {
      const idle = Math.min(domain.joules, idleOf(keyOf(domain)) * seconds)
      const share = shareOf(domain, shares)
      split.idle += idle
      if (share === undefined) split.unattributed += domain.joules - idle
      else split.process += share * (domain.joules - idle)
      if (share !== undefined) split.others += (1 - share) * (domain.joules - idle)
    }
  }
  return { ...shares, joules: split }
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
function scaleTo(watts: number | undefined, baselines: readonly (WindowEnergy | undefined)[]): number {
  if (watts === undefined) return 1
  const joules = baselines.reduce((sum, energy) => sum + (energy?.joules ?? 0), 0)
  const seconds = baselines.reduce((sum, energy) => sum + (energy?.seconds ?? 0), 0)
  return joules > 0 ? (watts * seconds) / joules : 0
}

/** A board's energy belongs to all that run on it, which CPU time does not tell apart. */
function shareOf({ part }: DomainEnergy, { cpuShare, memoryShare }: Shares): number | undefined {
  if (part === 'dram') return memoryShare
  return part === 'gpu' || part === 'other' ? undefined : cpuShare
}

const keyOf = ({ profiler, name }: DomainEnergy): string => `${profiler}/${name}`

function wattsOf(energy: WindowEnergy | undefined, key: string): number {
  const joules = energy?.domains.find((domain) => keyOf(domain) === key)?.joules ?? 0
  return energy === undefined || !(energy.seconds > 0) ? 0 : joules / energy.seconds
}
