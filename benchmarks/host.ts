/** What a stranger must know of the machine to repeat a run; read from files, nothing is started, in a few ms. */
import { readdirSync, readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, hostname, platform, release, totalmem, version } from 'node:os'
import { join } from 'node:path'
import { readCpuIdentity } from '../profilers/cpu-identity.js'
import { textIfThere } from '../profilers/device-file.js'
import { readVirtualisation } from '../profilers/machine.js'

/** Facts of the machine that do not change during a run. */
export interface HostFacts {
  readonly cpu: {
    readonly model: string
    readonly logicalCpus: number
    readonly packages?: number
    /** Absent where the system does not tell. */
    readonly physicalCores?: number
    readonly highestMegahertz?: number
    /** Frequency governor; several joined by a comma. */
    readonly governor?: string
    readonly scalingDriver?: string
    /** CPUs that the control group may keep busy, where it limits them. */
    readonly quotaCpus?: number
  }
  readonly memoryBytes: number
  /** Limit of the control group, where there is one. */
  readonly memoryLimitBytes?: number
  readonly os: {
    readonly platform: string
    readonly name: string
    readonly kernel: string
    readonly architecture: string
  }
  /** Present in a virtual machine: its name, or `unknown`. */
  readonly virtualMachine?: string
  /** Present in a container: the runtime's name. */
  readonly container?: string
  /** Only when asked for. */
  readonly hostname?: string
}

/** Options of `readHost`. */
export interface HostOptions {
  /** Folder that stands for `/`. */
  readonly root?: string
  /** Adds the host's name. Off by default: records are made to be shared, and names tell whose machine it is. */
  readonly hostname?: boolean
}

/** Reads the facts; what the system does not tell is absent. Users, addresses and serial numbers are not read. */
export async function readHost({ root = '/', hostname: isNamed = false }: HostOptions = {}): Promise<HostFacts> {
  const { machine, container } = readVirtualisation(root)
  const memoryLimit = memoryLimitOf(root)
  return {
    cpu: cpuFacts(root),
    memoryBytes: memoryOf(root),
    ...(memoryLimit === undefined ? {} : { memoryLimitBytes: memoryLimit }),
    os: { platform: platform(), name: osName(root), kernel: release(), architecture: arch() },
    ...(machine === undefined ? {} : { virtualMachine: machine }),
    ...(container === undefined ? {} : { container }),
    ...(isNamed ? { hostname: hostname() } : {}),
  }
}

function cpuFacts(root: string): HostFacts['cpu'] {
  const { modelName, threads, packages } = readCpuIdentity(root)
  const cores = physicalCores(root)
  const highest = numberAt(root, 'sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq')
  const governor = governorOf(root)
  const driver = textIfThere(join(root, 'sys/devices/system/cpu/cpu0/cpufreq/scaling_driver'))
  const quota = quotaCpus(root)
  return {
    model: modelName === '' ? (cpus()[0]?.model ?? 'unknown') : modelName,
    logicalCpus: threads,
    ...(root === '/' && platform() !== 'linux' ? {} : { packages }),
    ...(cores === undefined ? {} : { physicalCores: cores }),
    ...(highest === undefined ? {} : { highestMegahertz: highest / 1000 }),
    ...(governor === undefined ? {} : { governor }),
    ...(driver === undefined ? {} : { scalingDriver: driver }),
    ...(quota === undefined || quota >= availableParallelism() ? {} : { quotaCpus: quota }),
  }
}

/** @returns distinct governors of all frequency policies */
export function governorOf(root = '/'): string | undefined {
  const folder = join(root, 'sys/devices/system/cpu/cpufreq')
  const found = new Set(
    foldersIn(folder, /^policy\d+$/).map((name) => textIfThere(join(folder, name, 'scaling_governor'))),
  )
  found.delete(undefined)
  return found.size === 0 ? undefined : [...found].sort().join(', ')
}

/** @returns names of folder entries that match, none where there is no such folder */
export function foldersIn(folder: string, pattern: RegExp): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .slice(0, 4096)
  } catch {
    // Not on this kernel: nothing to tell.
    return []
  }
}

/** Pairs of package and core in `/proc/cpuinfo`; ARM's has none. */
function physicalCores(root: string): number | undefined {
  let text: string
  try {
    text = readFileSync(join(root, 'proc/cpuinfo'), 'utf8')
  } catch {
    // Not Linux.
    return undefined
  }
  const pairs = new Set<string>()
  let socket = ''
  for (const [, key, value] of text.matchAll(/^(physical id|core id)\s*:\s*(\d+)$/gm)) {
    if (key === 'physical id') socket = value ?? ''
    else pairs.add(`${socket}/${value}`)
  }
  return pairs.size === 0 ? undefined : pairs.size
}

function memoryOf(root: string): number {
  const kibibytes = /^MemTotal: +(\d+) kB/m.exec(textIfThere(join(root, 'proc/meminfo')) ?? '')?.[1]
  return kibibytes === undefined ? totalmem() : Number(kibibytes) * 1024
}

function osName(root: string): string {
  const text = textIfThere(join(root, 'etc/os-release')) ?? ''
  return /^PRETTY_NAME="?([^"\n]{1,200})"?$/m.exec(text)?.[1] ?? version()
}

/** Version 2 of control groups writes `quota period` or `max period` in microseconds, version 1 two files. */
function quotaCpus(root: string): number | undefined {
  const [quota, period] = (groupFile(root, 'cpu.max') ?? '').split(' ').map(Number)
  if (quota !== undefined && period !== undefined && quota > 0 && period > 0) return quota / period
  const oldQuota = numberAt(root, 'sys/fs/cgroup/cpu/cpu.cfs_quota_us')
  const oldPeriod = numberAt(root, 'sys/fs/cgroup/cpu/cpu.cfs_period_us')
  return oldQuota === undefined || !oldPeriod ? undefined : oldQuota / oldPeriod
}

/** @returns text of a file of this process's control group, version 2; a container sees its own group as the root */
export function groupFile(root: string, name: string): string | undefined {
  const group = /^0::(\/.*)$/m.exec(textIfThere(join(root, 'proc/self/cgroup')) ?? '')?.[1] ?? '/'
  const tree = join(root, 'sys/fs/cgroup')
  return textIfThere(join(tree, join('/', group), name)) ?? textIfThere(join(tree, name))
}

/** A limit above the memory there is limits nothing. */
function memoryLimitOf(root: string): number | undefined {
  const limit = Number(groupFile(root, 'memory.max') ?? textIfThere(join(root, OLD_MEMORY_LIMIT)))
  return limit > 0 && limit < memoryOf(root) ? limit : undefined
}

const OLD_MEMORY_LIMIT = 'sys/fs/cgroup/memory/memory.limit_in_bytes'

/** @returns a file's whole number */
export function numberAt(root: string, path: string): number | undefined {
  const text = textIfThere(join(root, path))
  return text !== undefined && /^\d{1,18}$/.test(text) ? Number(text) : undefined
}
