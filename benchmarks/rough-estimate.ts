/** What a run will use, roughly, before anything runs: hours x watts of the parts at their load. */
import { cpuPowerModel } from '../profilers/cpu-power-model.js'
import { gpuPowerModel } from '../profilers/gpu-power-model.js'
import type { CarbonFactor } from '../src/carbon/carbon-factor.js'
import { carbonOf } from '../src/carbon/emission.js'
import { meanIntensity } from '../src/carbon/factor-series.js'
import { costOf, type ElectricityPrice } from '../src/carbon/price.js'
import { waterOf } from '../src/carbon/water.js'
import { UsageError } from '../src/core/errors.js'
import { JOULES_PER_KWH, joules } from '../src/core/units.js'
import type { Footprint } from './footprint.js'
import { withMean } from './footprint-record.js'

/** What will run, and for how long. */
export interface RoughRun {
  readonly hours: number
  /** Name of the processor, e.g. `Intel Xeon Platinum 8275CL`. */
  readonly cpu?: string | undefined
  /** Packages of that processor. */
  readonly cpus?: number | undefined
  /** Logical CPUs of the machine or the virtual machine; 16 a package when left out. */
  readonly threads?: number | undefined
  /** Watts of one package, instead of the name's. */
  readonly cpuTdp?: number | undefined
  /** 0 to 1; 0.5 when left out. */
  readonly cpuUtilisation?: number | undefined
  readonly gpu?: string | undefined
  readonly gpus?: number | undefined
  /** Watts of one board, instead of the name's. */
  readonly gpuTdp?: number | undefined
  /** 0 to 1; 0.8 when left out. */
  readonly gpuUtilisation?: number | undefined
  /** Gigabytes in use. */
  readonly memory?: number | undefined
}

/** One part of the machine: its watts and what they come from. */
export interface RoughPart {
  readonly name: string
  readonly watts: number
  readonly low: number
  readonly high: number
  readonly source: string
}

/** All of it is modelled. */
export interface RoughEstimate {
  readonly kind: 'modelled'
  readonly hours: number
  readonly parts: readonly RoughPart[]
  readonly energy: { readonly kilowattHours: number; readonly low: number; readonly high: number }
  readonly carbon: { readonly grams: number; readonly low: number; readonly high: number }
  readonly pue: number
  /** The mean over the run, where the intensity changes by the hour. */
  readonly factor: CarbonFactor
  readonly water?: { readonly litres: number }
  readonly cost?: { readonly amount: number; readonly currency?: string }
}

const DEFAULT_THREADS = 16
const DEFAULT_CPU_UTILISATION = 0.5
const DEFAULT_GPU_UTILISATION = 0.8
/** Cloud Carbon Footprint; CodeCarbon 2 takes 0.375. */
const WATTS_PER_GIGABYTE = { watts: 0.392, low: 0.3, high: 0.45 } as const
const LONGEST_HOURS = 1_000_000

/**
 * The parts' errors are taken as common to all of them, which is the wider interval.
 *
 * @param start - of the run, for prices and intensities by hour
 *
 * @throws {UsageError} `E_ESTIMATE` for hours and numbers out of range, or when no part is named; `E_GPU_MODEL`, `E_CPU_TDP`
 */
export function roughEstimate(run: RoughRun, footprint: Footprint, start: Date): RoughEstimate {
  checkNumber('hours', run.hours, LONGEST_HOURS)
  const parts = [...cpuPart(run), ...gpuPart(run), ...memoryPart(run)]
  if (parts.length === 0) {
    throw new UsageError('E_ESTIMATE', 'no part of a machine is named', {
      hint: 'give --cpu, --cpu-tdp, --gpu or --memory',
    })
  }
  const seconds = run.hours * 3600
  const sumOf = (key: 'watts' | 'low' | 'high') => parts.reduce((sum, part) => sum + part[key], 0) * seconds
  const energy = { joules: sumOf('watts'), low: sumOf('low'), high: sumOf('high') }
  const end = new Date(start.getTime() + seconds * 1000)
  const { pue, wue, price } = footprint
  const series = footprint.series()
  const mean = series && meanIntensity(series, [{ start, end, joules: energy.joules }])
  const factor = mean === undefined ? footprint.factor : withMean(footprint.factor, mean)
  const bought = joules(energy.joules * pue)
  return {
    kind: 'modelled',
    hours: run.hours,
    parts,
    energy: {
      kilowattHours: energy.joules / JOULES_PER_KWH,
      low: energy.low / JOULES_PER_KWH,
      high: energy.high / JOULES_PER_KWH,
    },
    carbon: carbonOf(energy, factor, pue),
    pue,
    factor,
    ...(wue === undefined ? {} : { water: { litres: waterOf(joules(energy.joules), wue) } }),
    ...(price === undefined ? {} : { cost: costRecord(price, costOf(bought, price, start, end)) }),
  }
}

const costRecord = ({ currency }: ElectricityPrice, amount: number) => ({
  amount,
  ...(currency === undefined ? {} : { currency }),
})

function cpuPart({ cpu, cpus, threads, cpuTdp, cpuUtilisation }: RoughRun): RoughPart[] {
  if (cpu === undefined && cpuTdp === undefined && threads === undefined) return []
  const load = checkShare('CPU utilisation', cpuUtilisation ?? DEFAULT_CPU_UTILISATION)
  const packages = checkNumber('CPUs', cpus ?? 1, 1024)
  const logical = checkNumber('threads', threads ?? DEFAULT_THREADS * packages, 65_536)
  const identity = { modelName: cpu ?? '', threads: logical, packages, ...familyOf(cpu ?? '') }
  return [linePart('processor', cpuPowerModel(identity, cpuTdp), load, 1)]
}

/** A name alone has no family and model; those of servers are told by the number in it. */
function familyOf(name: string): { readonly family?: number; readonly model?: number; readonly stepping?: number } {
  const [, generation] = /EPYC \d[\dA-Z]{1,2}([1-5])[A-Z]{0,2}\b/.exec(name) ?? []
  const epyc: Readonly<Record<string, readonly [number, number]>> = {
    1: [23, 1],
    2: [23, 49],
    3: [25, 1],
    4: [25, 17],
    5: [26, 2],
  }
  const amd = epyc[generation ?? '']
  if (amd !== undefined) return { family: amd[0], model: amd[1] }
  const [, scalable] = /(?:Platinum|Gold|Silver|Bronze) \d(\d)\d\d/.exec(name) ?? []
  const [, older] = /\bE[57]-\d{4}[A-Z]* (v[234])\b/.exec(name) ?? []
  const [newer] = /\b6[579]\d\dP\b/.exec(name) ?? []
  const xeon: Readonly<Record<string, readonly [number, number]>> = {
    1: [85, 4],
    2: [85, 7],
    3: [106, 6],
    4: [143, 8],
    5: [207, 2],
    v2: [62, 4],
    v3: [63, 2],
    v4: [79, 1],
  }
  const intel = newer === undefined ? xeon[scalable ?? older ?? ''] : ([173, 1] as const)
  return intel === undefined ? {} : { family: 6, model: intel[0], stepping: intel[1] }
}

function gpuPart({ gpu, gpus, gpuTdp, gpuUtilisation }: RoughRun): RoughPart[] {
  if (gpu === undefined && gpuTdp === undefined) return []
  const load = checkShare('GPU utilisation', gpuUtilisation ?? DEFAULT_GPU_UTILISATION)
  const count = checkNumber('GPUs', gpus ?? 1, 100_000)
  return [linePart(count === 1 ? 'GPU' : `${count} GPUs`, gpuPowerModel(gpu ?? '', gpuTdp), load, count)]
}

interface Line {
  readonly name: string
  readonly idleWatts: number
  readonly fullWatts: number
  readonly low: number
  readonly high: number
}

function linePart(name: string, { name: source, idleWatts, fullWatts, low, high }: Line, load: number, count: number) {
  const watts = (idleWatts + load * (fullWatts - idleWatts)) * count
  return { name, watts, low: watts * low, high: watts * high, source: `${source}, load ${load}` }
}

function memoryPart({ memory }: RoughRun): RoughPart[] {
  if (memory === undefined) return []
  const gigabytes = checkNumber('gigabytes of memory', memory, 1_000_000)
  const { watts, low, high } = WATTS_PER_GIGABYTE
  return [
    {
      name: 'memory',
      watts: watts * gigabytes,
      low: low * gigabytes,
      high: high * gigabytes,
      source: `${gigabytes} GB x ${watts} W/GB, Cloud Carbon Footprint`,
    },
  ]
}

function checkNumber(what: string, value: number, most: number): number {
  if (value > 0 && value <= most) return value
  throw new UsageError('E_ESTIMATE', `${what}: ${value}, expected more than 0 and at most ${most}`)
}

function checkShare(what: string, value: number): number {
  if (value >= 0 && value <= 1) return value
  throw new UsageError('E_ESTIMATE', `${what}: ${value}, expected 0 to 1`, { hint: 'a share, e.g. 0.5 or 50%' })
}
