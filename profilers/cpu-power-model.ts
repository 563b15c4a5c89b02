/**
 * Watts of a processor from its name and load, where no sensor tells them: a straight line from idle to full load.
 * Per-thread watts are the means that Cloud Carbon Footprint drew from SPECpower results of whole servers
 * (ccf-coefficients, output/coefficients-aws-use.csv of 2026-03), so power supply, fans and board are in them.
 *
 * @see https://www.cloudcarbonfootprint.org/docs/methodology/#appendix-i-energy-coefficients
 */
import { UsageError } from '../src/core/errors.js'

/** What is known of the processors of a machine. */
export interface CpuIdentity {
  /** `model name` of `/proc/cpuinfo`, or what the system calls it. */
  readonly modelName: string
  /** Logical CPUs. */
  readonly threads: number
  /** Processor packages; 1 when not known. */
  readonly packages: number
  /** `cpu family`, `model` and `stepping` of x86 processors; virtual machines often hide the name but not these. */
  readonly family?: number
  readonly model?: number
  readonly stepping?: number
  /** `CPU part` of ARM processors. */
  readonly armPart?: number
}

/** A line from idle to full load for the whole machine, and how wrong it may be. */
export interface CpuPowerModel {
  /** For people: constants and where they come from. */
  readonly name: string
  readonly idleWatts: number
  /** All logical CPUs busy. */
  readonly fullWatts: number
  /** Factors on any figure of the model. */
  readonly low: number
  readonly high: number
}

interface ThreadWatts {
  readonly name: string
  readonly idle: number
  readonly full: number
  readonly matches: (cpu: CpuIdentity) => boolean
  /** Set where the row stands in for a processor it was not made of. */
  readonly isStandIn?: boolean
}

/** Intel's family 6 by model number. */
const intel =
  (...models: readonly number[]) =>
  (cpu: CpuIdentity): boolean =>
    cpu.family === 6 && cpu.model !== undefined && models.includes(cpu.model) && isServer(cpu)
/** AMD's server parts by family and model range. */
const amd = (family: number, from: number, to: number) => (cpu: CpuIdentity) =>
  cpu.family === family && cpu.model !== undefined && cpu.model >= from && cpu.model <= to && isServer(cpu)
const arm =
  (...parts: readonly number[]) =>
  (cpu: CpuIdentity): boolean =>
    cpu.armPart !== undefined && parts.includes(cpu.armPart)
const isServer = (cpu: CpuIdentity): boolean => /epyc|xeon|platinum|gold|silver|bronze/i.test(cpu.modelName)

/** Names first, since they are sure; then family and model. Rows hold watts per logical CPU. */
const ROWS: readonly ThreadWatts[] = [
  { name: 'Sandy Bridge', idle: 2.212, full: 8.631, matches: intel(45) },
  { name: 'Ivy Bridge', idle: 1.707, full: 5.557, matches: intel(62) },
  { name: 'Haswell', idle: 1.857, full: 5.595, matches: intel(63) },
  { name: 'Broadwell', idle: 0.713, full: 3.685, matches: intel(79, 86) },
  { name: 'Cascade Lake', idle: 0.69, full: 4.063, matches: (cpu) => intel(85)(cpu) && (cpu.stepping ?? 0) >= 5 },
  { name: 'Skylake', idle: 0.613, full: 4.104, matches: intel(85) },
  { name: 'Ice Lake', idle: 0.767, full: 3.758, matches: intel(106, 108) },
  { name: 'Sapphire Rapids', idle: 1.036, full: 4.16, matches: intel(143) },
  { name: 'Emerald Rapids', idle: 0.814, full: 4.482, matches: intel(207) },
  { name: 'Granite Rapids', idle: 0.582, full: 2.527, matches: intel(173, 174) },
  { name: 'EPYC 1st Gen', idle: 0.847, full: 2.604, matches: amd(23, 0, 15) },
  { name: 'EPYC 2nd Gen', idle: 0.474, full: 1.693, matches: amd(23, 48, 63) },
  { name: 'EPYC 3rd Gen', idle: 0.456, full: 1.957, matches: amd(25, 0, 15) },
  { name: 'EPYC 4th Gen', idle: 0.739, full: 2.282, matches: amd(25, 16, 255) },
  // The row of the 5th generation (3.68 - 8.96 W) comes from small 16-core servers; the 4th is nearer to large ones.
  { name: 'EPYC 4th Gen for the 5th', idle: 0.739, full: 2.282, matches: amd(26, 0, 255), isStandIn: true },
  // The source itself stands the 2nd generation of EPYC in for Graviton.
  { name: 'EPYC 2nd Gen for Neoverse', idle: 0.474, full: 1.693, matches: arm(0xd0c, 0xd40, 0xd4f), isStandIn: true },
]
/** Mean over the source's rows for one cloud: used when nothing tells the processor. */
const UNKNOWN_SERVER = { name: 'mean of server processors', idle: 0.74, full: 3.5 }

/**
 * Spread of single servers about the mean of their row, and of the rows about their mean, both about twofold; a row
 * that stands in has both.
 */
const KNOWN_ROW = { low: 0.5, high: 2 }
const UNKNOWN_ROW = { low: 0.35, high: 2.5 }

/**
 * Share of the TDP at idle and at full load: the straight line nearest to the measured 12, 32, 75 and 102% at 0, 10, 50
 * and 100% load (Teads, 2021, https://medium.com/teads-engineering/estimating-aws-ec2-instances-power-consumption-c9745e347959).
 */
const TDP_SHARE = { idle: 0.2, full: 1.08 }
/** As far apart as the models of one widely used tool at half load: 4.5-fold. */
const TDP_ERROR = { low: 0.35, high: 1.575 }

/** TDP classes of client processors by the letters in their name, W; from the makers' product pages. */
const CLIENT_CLASSES: readonly (readonly [RegExp, number])[] = [
  [/^Apple M\d+ (Max|Ultra)/, 60],
  [/^Apple M\d+ Pro/, 40],
  [/^Apple/, 20],
  [/Core.*\d[A-Z]?Y\b|\bN\d{2,4}\b|Atom|Celeron N|Pentium Silver/, 7],
  [/Core.*\dHX\b|Ryzen.*\dHX\b/, 55],
  [/Core.*\d(H|HK|HQ|MQ)\b|Ryzen.*\dH\b/, 45],
  [/Ryzen.*\dHS\b|Ryzen AI/, 35],
  [/Core.*\dP\b/, 28],
  [/Core.*\d(T|TE)\b|Ryzen.*\dGE\b/, 35],
  [/Core.*\d(U|V|G\d)\b|Ryzen.*\dU\b/, 15],
  [/Threadripper/, 280],
  [/Core.*\d(K|KF|KS)\b/, 125],
  [/Ryzen.*\d(X|XT|X3D)\b/, 105],
  [/Core|Ryzen|Pentium|Celeron|Athlon/, 65],
]

/**
 * @param tdp - W of one package, when the user knows it
 * @throws {UsageError} `E_CPU_TDP` when `tdp` is not between 0 and 5000
 */
export function cpuPowerModel(cpu: CpuIdentity, tdp?: number): CpuPowerModel {
  if (tdp !== undefined) return fromTdp(checkedTdp(tdp), cpu.packages, 'given')
  const row = ROWS.find(({ matches }) => matches(cpu))
  if (row !== undefined) return fromRow(row, cpu.threads, row.isStandIn === true ? UNKNOWN_ROW : KNOWN_ROW)
  const client = isServer(cpu) ? undefined : CLIENT_CLASSES.find(([pattern]) => pattern.test(cpu.modelName))
  if (client !== undefined) return fromTdp(client[1], cpu.packages, `usual for "${cpu.modelName}"`)
  return fromRow(UNKNOWN_SERVER, cpu.threads, UNKNOWN_ROW)
}

function checkedTdp(tdp: number): number {
  if (Number.isFinite(tdp) && tdp > 0 && tdp <= 5000) return tdp
  throw new UsageError(
    'E_CPU_TDP',
    `the CPU's thermal design power is ${tdp} W, expected more than 0 and at most 5000`,
    {
      hint: 'give the watts of one processor package, e.g. --cpu-tdp 65',
    },
  )
}

function fromTdp(tdp: number, packages: number, origin: string): CpuPowerModel {
  const total = tdp * packages
  const each = packages > 1 ? `${packages} x ` : ''
  return {
    name: `TDP ${each}${tdp} W (${origin}) x (${TDP_SHARE.idle} + ${round(TDP_SHARE.full - TDP_SHARE.idle)} x load)`,
    idleWatts: total * TDP_SHARE.idle,
    fullWatts: total * TDP_SHARE.full,
    ...TDP_ERROR,
  }
}

function fromRow(
  row: Pick<ThreadWatts, 'name' | 'idle' | 'full'>,
  threads: number,
  error: { readonly low: number; readonly high: number },
): CpuPowerModel {
  return {
    name: `${threads} vCPU x (${row.idle} + ${round(row.full - row.idle)} x load) W, ${row.name}, Cloud Carbon Footprint`,
    idleWatts: row.idle * threads,
    fullWatts: row.full * threads,
    ...error,
  }
}

const round = (value: number): number => Number(value.toFixed(3))
