/**
 * One processor of each place with energy counters of its own: each package, on Intel each die where a package has several.
 *
 * @see https://docs.kernel.org/admin-guide/cputopology.html
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseCounter, textIfThere } from './device-file.js'

/** A place with counters of its own. */
export interface CpuPackage {
  /** Named as Linux powercap does: `package-0`, or `package-0-die-1`. */
  readonly name: string
  /** The first logical processor in it. */
  readonly cpu: number
}

/**
 * Processors of AMD have one energy counter per package, which all their dies show: newer kernels call each core complex
 * a die.
 *
 * @param cpuinfo - text that names the processor's maker
 */
export const isAmd = (cpuinfo: string): boolean => /AuthenticAMD|HygonGenuine/.test(cpuinfo)

/** @returns in the order of packages and dies; none where the system does not tell */
export function readCpuPackages(root: string): readonly CpuPackage[] {
  const folder = join(root, 'sys/devices/system/cpu')
  const isPerDie = !isAmd(textIfThere(join(root, 'proc/cpuinfo')) ?? '')
  const places = new Map<string, { readonly cpu: number; readonly socket: number; readonly die: number }>()
  for (const cpu of processorsIn(folder)) {
    const number = (leaf: string) => parseCounter(textIfThere(join(folder, `cpu${cpu}/topology`, leaf)) ?? '')
    const socket = number('physical_package_id')
    const die = isPerDie ? (number('die_id') ?? 0) : 0
    if (socket !== undefined && !places.has(`${socket}/${die}`)) places.set(`${socket}/${die}`, { cpu, socket, die })
  }
  const found = [...places.values()].sort((one, other) => one.socket - other.socket || one.die - other.die)
  const hasDies = found.some(({ die }) => die > 0)
  return found.map(({ cpu, socket, die }) => ({
    cpu,
    name: hasDies ? `package-${socket}-die-${die}` : `package-${socket}`,
  }))
}

function processorsIn(folder: string): readonly number[] {
  try {
    const numbers = readdirSync(folder).flatMap((entry) => /^cpu(\d{1,5})$/.exec(entry)?.[1] ?? [])
    return numbers.map(Number).sort((one, other) => one - other)
  } catch {
    // Not Linux, or no /sys: nothing is known of packages.
    return []
  }
}
