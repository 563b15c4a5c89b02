/** How busy the processors were since they were started, and how much memory is in use: what the estimate stands on. */
import { cpus, freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { DeviceFile } from './device-file.js'

/** Seconds per tick in `/proc`: USER_HZ is 100 on every Linux. */
const TICK = 0.01

/** CPU seconds of all processors together since the start of the system. */
export interface CpuTimes {
  /** Running anything: user, nice, system, interrupts. */
  readonly busy: number
  /** Idle or waiting for a disk. */
  readonly idle: number
  /** Ready to run while the host ran another guest: seen in virtual machines. */
  readonly stolen: number
}

/** Reads the load of a machine. */
export interface MachineLoad {
  cpuTimes(): CpuTimes
  /** Bytes in use, without caches that can be given back; `undefined` when the system does not tell. */
  usedMemory(): number | undefined
  close(): void
}

/** @param root - folder that stands for `/` */
export function machineLoad(root = '/'): MachineLoad {
  const stat = new DeviceFile(join(root, 'proc/stat'))
  const meminfo = new DeviceFile(join(root, 'proc/meminfo'))
  const ticks = new Float64Array(10)
  if (root === '/' && process.platform !== 'linux') return LOAD_FROM_NODE
  return {
    cpuTimes: () => cpuTimesOf(ticks, stat.readLine('cpu', ticks)),
    usedMemory: () => parseUsedMemory(meminfo.readText()),
    close() {
      stat.close()
      meminfo.close()
    },
  }
}

/**
 * @param ticks - of the first line of `/proc/stat`, which sums all processors
 * @throws {Error} when that line is missing
 * @see https://docs.kernel.org/filesystems/proc.html section 1.7
 */
function cpuTimesOf(ticks: Float64Array, count: number): CpuTimes {
  if (count < 4) throw new Error('the first line of /proc/stat does not sum the processors')
  ticks.fill(0, count)
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = ticks
  return { busy: (user + nice + system + irq + softirq) * TICK, idle: (idle + iowait) * TICK, stolen: steal * TICK }
}

/** @param text - `/proc/meminfo`, in which `kB` stands for 1024 bytes */
export function parseUsedMemory(text: string): number | undefined {
  const kibibytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1])
  const used = (kibibytes('MemTotal') - kibibytes('MemAvailable')) * 1024
  return used >= 0 ? used : undefined
}

/** For systems without `/proc`. */
export const LOAD_FROM_NODE: MachineLoad = {
  cpuTimes() {
    const sum = { busy: 0, idle: 0, stolen: 0 }
    for (const { times } of cpus()) {
      sum.busy += (times.user + times.nice + times.sys + times.irq) / 1000
      sum.idle += times.idle / 1000
    }
    return sum
  },
  usedMemory: () => totalmem() - freemem(),
  close: () => undefined,
}
