/**
 * Which model-specific registers of x86 processors count energy, and in which unit.
 *
 * @see Intel 64 and IA-32 Architectures Software Developer's Manual, volume 4; AMD PPR for family 17h, MSRC001_0299
 * @see https://github.com/torvalds/linux/blob/master/drivers/powercap/intel_rapl_common.c units that differ by model
 */
import type { CpuIdentity } from './cpu-power-model.js'
import type { EnergyPart } from './profiler.js'

/** One 32-bit energy counter of a package. */
export interface EnergyRegister {
  readonly address: number
  readonly name: 'package' | 'core' | 'uncore' | 'dram' | 'psys'
  readonly part: EnergyPart
  /** J per count, where the unit register does not tell. */
  readonly fixedUnit?: number
  readonly isCounted: boolean
}

/** The registers of one maker. */
export interface RegisterMap {
  readonly unitAddress: number
  readonly registers: readonly EnergyRegister[]
  /** J per count from the unit register's value. */
  unitOf(value: bigint): number
}

/** `vendor_id` of `/proc/cpuinfo`. */
const AMD = /AuthenticAMD|HygonGenuine/
/** Server processors whose DRAM counts 2^-16 J whatever the unit register says. */
const FIXED_DRAM = [0x3f, 0x4f, 0x56, 0x55, 0x57, 0x85, 0x6a, 0x6c, 0x8f, 0xcf, 0xad, 0xae]
/** Server processors whose platform counts whole joules. */
const WHOLE_PSYS = [0x8f, 0xcf, 0xad, 0xae]
/** Atoms that count 2^n microjoules instead of 2^-n joules. */
const MICROJOULE_ATOMS = [0x37, 0x4a, 0x4d, 0x5a, 0x5d]

/** @returns `undefined` for processors of other makers */
export function registerMap(vendor: string, cpu: CpuIdentity): RegisterMap | undefined {
  if (AMD.test(vendor)) return AMD_MAP
  return vendor === 'GenuineIntel' ? intelMap(cpu.family === 6 ? (cpu.model ?? 0) : 0) : undefined
}

const PACKAGE = { name: 'package', part: 'package', isCounted: true } as const

/** The core counters of AMD are one per core and within the package's: they are left out. */
const AMD_MAP: RegisterMap = {
  unitAddress: 0xc0010299,
  registers: [{ address: 0xc001029b, ...PACKAGE }],
  unitOf: negativePower,
}

function intelMap(model: number): RegisterMap {
  const dramUnit = FIXED_DRAM.includes(model) ? { fixedUnit: 2 ** -16 } : {}
  const psysUnit = WHOLE_PSYS.includes(model) ? { fixedUnit: 1 } : {}
  return {
    unitAddress: 0x606,
    registers: [
      { address: 0x611, ...PACKAGE },
      { address: 0x639, name: 'core', part: 'core', isCounted: false },
      { address: 0x641, name: 'uncore', part: 'uncore', isCounted: false },
      { address: 0x619, name: 'dram', part: 'dram', isCounted: true, ...dramUnit },
      { address: 0x64d, name: 'psys', part: 'system', isCounted: false, ...psysUnit },
    ],
    unitOf: MICROJOULE_ATOMS.includes(model) ? (value) => 2 ** exponentOf(value) * 1e-6 : negativePower,
  }
}

/** Bits 12 to 8. */
const exponentOf = (value: bigint): number => Number((value >> 8n) & 0x1fn)

function negativePower(value: bigint): number {
  return 2 ** -exponentOf(value)
}
