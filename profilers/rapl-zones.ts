/**
 * Finds the zones of Linux powercap and says what each of them counts.
 *
 * @see https://docs.kernel.org/power/powercap/powercap.html
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseCounter, readDeviceText } from './device-file.js'
import type { EnergyPart } from './profiler.js'

/** Reads a small file; `readDeviceText`, unless a test stands in for a kernel that refuses. */
export type ReadText = (path: string) => string

/** One zone: a folder with a counter. */
export interface RaplZone {
  /** Path of its `energy_uj`. */
  readonly counter: string
  /** Unique: `package-0`, `package-0/core`, `mmio/package-0`. */
  readonly name: string
  readonly part: EnergyPart
  /** `package-0` or `package-0-die-1`; absent for a zone of the whole platform. */
  readonly device?: string
  /** uJ; absent when the file cannot be read. */
  readonly range?: number
  /** Added up with others: packages and DRAM; nothing that a package contains, no psys, no second view of a zone. */
  readonly isCounted: boolean
}

/** `intel-rapl:0`, `intel-rapl:0:1`, `intel-rapl-mmio:0`; AMD's zones carry the same names. */
const ZONE = /^([a-z-]*rapl[a-z-]*):(\d{1,4})(?::(\d{1,4}))?$/
/** More than any machine has; a folder with more is not powercap. */
const MOST_ZONES = 1024

/**
 * @param folder - `/sys/class/powercap`
 * @param isPerDie - false where all dies of a package show one counter, so that only the first of them counts
 * @returns zones in a fixed order, without those that have no name
 * @throws the system's error when the folder cannot be listed
 */
export function readRaplZones(
  folder: string,
  readText: ReadText = readDeviceText,
  isPerDie = true,
): readonly RaplZone[] {
  const found = readdirSync(folder)
    .flatMap((entry) => {
      const match = ZONE.exec(entry)
      const control = match?.[1]
      return control === undefined ? [] : [{ entry, control, top: Number(match?.[2]), sub: Number(match?.[3] ?? -1) }]
    })
    .sort((one, other) => one.control.localeCompare(other.control) || one.top - other.top || one.sub - other.sub)
    .slice(0, MOST_ZONES)
  const names = new Map(found.map(({ entry }) => [entry, tryRead(join(folder, entry, 'name'), readText)]))
  const seen = new Set<string>()
  return found.flatMap(({ entry, control, top, sub }) => {
    const own = names.get(entry)
    const parent = sub < 0 ? undefined : names.get(`${control}:${top}`)
    if (own === undefined) return []
    const plain = parent === undefined ? own : `${parent}/${own}`
    const place = placeOf(parent ?? own, isPerDie)
    const counter = parent === undefined ? place : `${place}/${own}`
    const repeated = `${control.replace(/^intel-rapl-/, '')}/${plain}`
    const name = [plain, repeated].find((one) => !seen.has(one)) ?? `${repeated} (${top})`
    const isRepeated = seen.has(counter)
    seen.add(name).add(counter)
    return [
      zoneOf({ path: join(folder, entry), own, place, name, isNested: parent !== undefined, isRepeated }, readText),
    ]
  })
}

/** `package-0-die-1` is `package-0` where dies have no counters of their own. */
const placeOf = (name: string, isPerDie: boolean): string => (isPerDie ? name : name.replace(/-die-\d+$/, ''))

interface FoundZone {
  readonly path: string
  readonly own: string
  readonly place: string
  readonly name: string
  readonly isNested: boolean
  /** The same counter was met before: mmio shows what the msr tree does, and dies may show that of their package. */
  readonly isRepeated: boolean
}

function zoneOf(found: FoundZone, readText: ReadText): RaplZone {
  const part = partOf(found.own)
  const device = part === 'system' || !(found.isNested || part === 'package') ? undefined : found.place
  const range = parseCounter(tryRead(join(found.path, 'max_energy_range_uj'), readText) ?? '')
  return {
    counter: join(found.path, 'energy_uj'),
    name: found.name,
    part,
    ...(device === undefined ? {} : { device }),
    ...(range === undefined || range === 0 ? {} : { range }),
    isCounted: !found.isRepeated && (part === 'package' || part === 'dram'),
  }
}

function partOf(name: string): EnergyPart {
  if (name.startsWith('package')) return 'package'
  if (name === 'psys') return 'system'
  return name === 'core' || name === 'uncore' || name === 'dram' ? name : 'other'
}

function tryRead(path: string, readText: ReadText): string | undefined {
  try {
    return readText(path).slice(0, 64)
  } catch {
    // Without a name a zone is left out; without a range its wraps are told as unknown.
    return undefined
  }
}
