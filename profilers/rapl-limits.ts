/** What is known of the energy counters of Intel and AMD processors, whichever way they are read. */
import { isAmd } from './cpu-packages.js'
import type { EnergyPart } from './profiler.js'

/**
 * Highest believable power, W: above any processor's short-term limit, low enough that the shortest range
 * (65,532 J) cannot wrap unseen within a minute.
 */
export const RAPL_HIGHEST_WATTS: Readonly<Partial<Record<EnergyPart, number>>> = {
  package: 1000,
  system: 5000,
  dram: 400,
}

/** 2^-14 J: the energy unit of most processors; the counter shows whole steps of it. */
export const RAPL_RESOLUTION = 2 ** -14

/**
 * Relative error of the counters against reference meters, to either side: Intel's packages within 5% since Haswell, DRAM
 * within 20% (Hackenberg 2015 doi:10.1109/IPDPSW.2015.70, Desrochers 2016 doi:10.1145/2989081.2989088). AMD's counters are
 * computed from activity and miss part of what depends on the data (Schoene 2021 doi:10.1109/Cluster48925.2021.00087).
 *
 * @param cpuinfo - text that names the processor's maker
 */
export function raplError(part: EnergyPart, cpuinfo: string): number {
  if (part === 'dram') return 0.2
  if (part === 'system') return 0.1
  return isAmd(cpuinfo) ? 0.1 : 0.05
}
