/**
 * A folder shaped like the `/` of a Linux machine, whose RAPL counters and load follow a known power curve on a clock of
 * its own: nothing in it depends on real time.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Seconds, seconds } from '../../src/core/units.js'

/** One RAPL zone: where it lies, what it is called, and the watts that flow into it. */
export interface SimulatedZone {
  /** Folder below `/sys/class/powercap`, e.g. `intel-rapl:0:1`. */
  readonly folder: string
  readonly name: string
  /** W at a time, s. */
  readonly watts?: (time: number) => number
  /** J; 262,143 as on most machines when absent; `null`: the file is not there. */
  readonly range?: number | null
  /** J at the start. */
  readonly start?: number
}

/** Options of `simulatedMachine`. */
export interface SimulationOptions {
  readonly zones?: readonly SimulatedZone[]
  /** Seconds between two updates of the counters; 0.001 when absent. */
  readonly updatePeriod?: number
  /** Contents of `/proc/cpuinfo`. */
  readonly cpuinfo?: string
  readonly cpus?: number
  /** Busy share of all CPUs at a time. */
  readonly load?: (time: number) => number
  /** Other files: path below the folder -> contents. */
  readonly files?: Readonly<Record<string, string>>
}

interface ZoneState {
  readonly zone: SimulatedZone
  /** J since the start, never wrapped. */
  joules: number
  isBroken: boolean
}

/** Smallest step of the simulated integration, seconds: power curves of the tests are smooth on that scale. */
const STEP = 0.001

/** A machine that stands still until it is told to go on. */
export class SimulatedMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'greenbench-machine-'))
  readonly #zones: ZoneState[]
  readonly #options: SimulationOptions
  #time = 1000
  #updatedAt = 1000
  #busy = 50
  /** Seconds that pass at each look at the clock, so that reading takes time. */
  timePerLook = 0

  constructor(options: SimulationOptions = {}) {
    this.#options = options
    this.#zones = (options.zones ?? []).map((zone) => ({ zone, joules: 0, isBroken: false }))
    for (const { zone } of this.#zones) {
      this.write(`sys/class/powercap/${zone.folder}/name`, `${zone.name}\n`)
      if (zone.range !== null) this.write(`${this.#folder(zone)}/max_energy_range_uj`, `${micro(rangeOf(zone))}\n`)
    }
    this.write('proc/cpuinfo', options.cpuinfo ?? 'processor\t: 0\nflags\t\t: fpu\nmodel name\t: Test\n')
    this.write('proc/meminfo', 'MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:   12582912 kB\n')
    for (const [path, text] of Object.entries(options.files ?? {})) this.write(path, text)
    this.#show()
  }

  /** The machine's clock; a look at it may take time. */
  readonly clock = (): Seconds => {
    if (this.timePerLook > 0) this.advance(this.timePerLook)
    return seconds(this.#time)
  }

  /** Seconds since the machine was started, as `os.uptime()` gives them. */
  readonly uptime = (): number => this.#time + this.asleep
  /** Seconds that the machine slept, which its monotonic clock leaves out. */
  asleep = 0

  get now(): number {
    return this.#time
  }

  /** Lets time pass. */
  advance(duration: number): void {
    const end = this.#time + duration
    while (end - this.#time > 1e-12) {
      const step = Math.min(STEP, end - this.#time)
      const middle = this.#time + step / 2
      for (const state of this.#zones) state.joules += (state.zone.watts?.(middle) ?? 0) * step
      this.#busy += (this.#options.load?.(middle) ?? 0) * this.#cpus * step
      this.#time += step
    }
    const period = this.#options.updatePeriod ?? 0.001
    if (this.#time - this.#updatedAt >= period) {
      this.#updatedAt = this.#time
      this.#show()
    }
  }

  /** J that really went into a zone so far. */
  trueJoules(folder: string): number {
    return this.#state(folder).joules
  }

  /** Makes a counter unreadable, as a vanished device does: what is read is no number. */
  break(folder: string): void {
    this.#state(folder).isBroken = true
    this.write(`${this.#folder(this.#state(folder).zone)}/energy_uj`, 'gone\n')
  }

  repair(folder: string): void {
    this.#state(folder).isBroken = false
    this.#show()
  }

  /** Sets a counter back to 0, as a driver that is loaded again does. */
  reset(folder: string): void {
    const state = this.#state(folder)
    state.joules = -(state.zone.start ?? 0)
    this.#show()
  }

  write(path: string, text: string): void {
    const file = join(this.root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  get #cpus(): number {
    return this.#options.cpus ?? 1
  }

  #show(): void {
    for (const { zone, joules, isBroken } of this.#zones) {
      const shown = ((zone.start ?? 0) + joules) % rangeOf(zone)
      if (!isBroken) this.write(`${this.#folder(zone)}/energy_uj`, `${micro(shown)}\n`)
    }
    const idle = Math.max(0, this.#cpus * this.#time - this.#busy)
    const line = ['cpu ', ticks(this.#busy), 0, 0, ticks(idle), 0, 0, 0, 0, 0, 0].join(' ')
    this.write('proc/stat', `${line}\ncpu0 1 2 3\n`)
  }

  #folder(zone: SimulatedZone): string {
    return `sys/class/powercap/${zone.folder}`
  }

  #state(folder: string): ZoneState {
    const state = this.#zones.find(({ zone }) => zone.folder === folder)
    if (state === undefined) throw new Error(`no zone ${folder}`)
    return state
  }
}

const rangeOf = ({ range }: SimulatedZone): number => range ?? 262_143.32885
const micro = (joules: number): string => String(Math.floor(joules * 1e6))
const ticks = (cpuSeconds: number): string => String(Math.floor(cpuSeconds * 100))
