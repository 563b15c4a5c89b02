/**
 * Energy counters of Intel and AMD processors, read from their registers by the kernel's msr driver.
 *
 * @see https://man7.org/linux/man-pages/man4/msr.4.html
 */
import { closeSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { threadModule } from './compiled-module.js'
import { readCpuIdentity } from './cpu-identity.js'
import { type CpuPackage, readCpuPackages } from './cpu-packages.js'
import { errorCode, openDevice, textIfThere } from './device-file.js'
import { describeVirtualisation, readVirtualisation } from './machine.js'
import { type EnergyRegister, type RegisterMap, registerMap } from './msr-registers.js'
import type { EnergyDomain, ProfilerOptions, ProfilerSource } from './profiler.js'
import { RAPL_HIGHEST_WATTS, raplError } from './rapl-limits.js'
import { type FoundSensors, type Sensor, SensorProfiler } from './sensor-profiler.js'

/** `msr`: the same counters as `rapl`, where powercap does not show them; one read per package. */
export class MsrProfiler extends SensorProfiler {
  readonly name = 'msr'
  override readonly source: ProfilerSource

  constructor(options: ProfilerOptions = {}) {
    super(options)
    this.source = { module: threadModule('msr'), factory: 'makeMsrProfiler', options: { root: this.root } }
  }

  protected async find(): Promise<FoundSensors> {
    const cpuinfo = textIfThere(join(this.root, 'proc/cpuinfo')) ?? ''
    const vendor = /^vendor_id\s*:\s*(\S+)/m.exec(cpuinfo)?.[1] ?? ''
    const map = registerMap(vendor, readCpuIdentity(this.root))
    if (map === undefined) return { reason: 'only processors of Intel and AMD have energy registers' }
    const packages = readCpuPackages(this.root)
    if (packages.length === 0) return { reason: `${join(this.root, 'sys/devices/system/cpu')} shows no package` }
    const sensors: Sensor[] = []
    for (const [index, place] of packages.entries()) {
      const path = join(this.root, `dev/cpu/${place.cpu}/msr`)
      const unit = tryRegister(path, map.unitAddress)
      if (typeof unit === 'string') return this.#refused(path, unit)
      sensors.push(...sensorsOf({ map, vendor, path, place, unit: map.unitOf(unit), isFirst: index === 0 }))
    }
    if (!sensors.some(({ domain }) => domain.part === 'package')) return this.#refused('the package counters', 'EIO')
    return { sensors, detail: `registers of ${packages.map(({ name }) => name).join(', ')}` }
  }

  #refused(path: string, code: string): FoundSensors {
    const reason = `cannot read ${path} (${code})`
    const virtual = readVirtualisation(this.root)
    if (virtual.machine !== undefined) {
      return {
        reason: `${reason}; this is ${describeVirtualisation(virtual)}, whose host keeps the registers to itself`,
        fix: 'measure on the host itself',
      }
    }
    if (code === 'ENOENT') return { reason, fix: 'sudo modprobe msr' }
    const isDenied = code === 'EACCES' || code === 'EPERM'
    return { reason, ...(isDenied ? { fix: 'run as root; or use rapl, which needs no more than read access' } : {}) }
  }
}

/** Makes the profiler on the sampling thread. */
export function makeMsrProfiler(options: ProfilerOptions): MsrProfiler {
  return new MsrProfiler(options)
}

interface PackageRegisters {
  readonly map: RegisterMap
  readonly vendor: string
  readonly path: string
  readonly place: CpuPackage
  /** J per count. */
  readonly unit: number
  readonly isFirst: boolean
}

/** A register that the processor does not have cannot be read, or stays at 0. */
function sensorsOf({ map, vendor, path, place, unit, isFirst }: PackageRegisters): Sensor[] {
  return map.registers.flatMap((register) => {
    if (register.part === 'system' && !isFirst) return []
    const value = tryRegister(path, register.address)
    if (typeof value === 'string' || value === 0n) return []
    return [sensorOf(path, register, domainOf(register, place, vendor, register.fixedUnit ?? unit))]
  })
}

function domainOf(register: EnergyRegister, place: CpuPackage, vendor: string, unit: number): EnergyDomain {
  const { name, part, isCounted } = register
  const error = raplError(part, vendor)
  return {
    name: part === 'package' ? place.name : part === 'system' ? name : `${place.name}/${name}`,
    part,
    ...(part === 'system' ? {} : { device: place.name }),
    counter: 'energy',
    wrapsAt: 2 ** 32 * unit,
    highestWatts: RAPL_HIGHEST_WATTS[part] ?? 1000,
    resolution: unit,
    isCounted,
    low: 1 - error,
    high: 1 + error,
    source: `register 0x${register.address.toString(16)}`,
  }
}

function sensorOf(path: string, { address }: EnergyRegister, domain: EnergyDomain): Sensor {
  const joulesPerCount = domain.resolution ?? 0
  let file: number | undefined
  const close = (): void => {
    if (file !== undefined) closeSync(file)
    file = undefined
  }
  return {
    domain,
    close,
    read() {
      file ??= openDevice(path)
      try {
        return Number(registerOf(file, address) & 0xffffffffn) * joulesPerCount
      } catch (error) {
        close()
        throw error
      }
    },
  }
}

/** @returns the 64 bits, or why they cannot be read */
function tryRegister(path: string, address: number): bigint | string {
  let file: number | undefined
  try {
    file = openDevice(path)
    return registerOf(file, address)
  } catch (error) {
    return errorCode(error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

const buffer = Buffer.alloc(8)

function registerOf(file: number, address: number): bigint {
  if (readSync(file, buffer, 0, 8, address) < 8) throw new Error('the register is not there')
  return buffer.readBigUInt64LE(0)
}
