/** What profilers have in common that find a list of sensors once and then read each of them again and again. */
import { seconds } from '../src/core/units.js'
import { type Clock, monotonicClock } from './clock.js'
import { DeviceFile } from './device-file.js'
import {
  type Availability,
  type CounterFile,
  type EnergyDomain,
  Profiler,
  type ProfilerKind,
  type ProfilerOptions,
  type Reading,
} from './profiler.js'

/** One counter, with what it counts. */
export interface Sensor {
  readonly domain: EnergyDomain
  /** Where `read` does nothing but to read a number from it. */
  readonly file?: CounterFile
  /** J or W by the domain's `counter`; `undefined` when the read failed. May throw for the same reason. */
  read(): number | undefined
  close(): void
}

/** What was looked for and found, or why it cannot be used. */
export type FoundSensors =
  | { readonly sensors: readonly Sensor[]; readonly detail: string }
  | { readonly reason: string; readonly fix?: string }

/** A profiler over sensors that are read without waiting. */
export abstract class SensorProfiler extends Profiler {
  readonly kind: ProfilerKind = 'measured'
  override readonly isSynchronous: boolean = true
  protected readonly root: string
  protected readonly clock: Clock
  #sensors: readonly Sensor[] = []

  constructor({ root = '/', clock = monotonicClock }: ProfilerOptions) {
    super()
    this.root = root
    this.clock = clock
  }

  /** Looks for the sensors and reads each once; must not throw. */
  protected abstract find(): Promise<FoundSensors>

  async probe(): Promise<Availability> {
    await this.close()
    const found = await this.find()
    if (!('sensors' in found)) return { isAvailable: false, ...found }
    this.#sensors = withOwnNames(found.sensors)
    return { isAvailable: true, detail: found.detail }
  }

  domains(): readonly EnergyDomain[] {
    return this.#sensors.map(({ domain }) => domain)
  }

  read(): Reading {
    const before = this.clock()
    const values: (number | undefined)[] = []
    for (const sensor of this.#sensors) values.push(readOrGap(sensor))
    return { at: seconds((before + this.clock()) / 2), values }
  }

  override counterFiles(): readonly CounterFile[] | undefined {
    const files = this.#sensors.flatMap(({ file }) => file ?? [])
    return files.length === this.#sensors.length ? files : undefined
  }

  override async close(): Promise<void> {
    for (const sensor of this.#sensors) sensor.close()
  }
}

/** Boards give one label to several sensors: the second `NC` becomes `NC (2)`. */
function withOwnNames(sensors: readonly Sensor[]): readonly Sensor[] {
  const uses = new Map<string, number>()
  return sensors.map((sensor) => {
    const { name } = sensor.domain
    const use = (uses.get(name) ?? 0) + 1
    uses.set(name, use)
    return use === 1 ? sensor : { ...sensor, domain: { ...sensor.domain, name: `${name} (${use})` } }
  })
}

function readOrGap(sensor: Sensor): number | undefined {
  try {
    return sensor.read()
  } catch {
    // A failed read is a gap; the window that meets it says so.
    return undefined
  }
}

/**
 * @param path - a file that holds one whole number
 * @param scale - J or W per unit of that number
 * @param isBelievable - rejects numbers by which a driver says that it knows nothing
 */
export function fileSensor(
  path: string,
  scale: number,
  domain: EnergyDomain,
  isBelievable: (count: number) => boolean = () => true,
): Sensor {
  const file = new DeviceFile(path)
  return {
    domain,
    file: { path, scale, isBelievable },
    read() {
      const count = file.readCounter()
      return count === undefined || !isBelievable(count) ? undefined : count * scale
    },
    close: () => file.close(),
  }
}
