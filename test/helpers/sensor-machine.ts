/** A machine with simulated sensors on a clock of its own, and a meter on it whose background readings keep its time. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readChecked } from '../../profilers/checked-reading.js'
import { type MeterOptions, openMeter } from '../../profilers/meter.js'
import type { Profiler, Reading } from '../../profilers/profiler.js'
import type { StartSampling } from '../../profilers/sampler.js'
import { type Seconds, seconds } from '../../src/core/units.js'
import { type CurveShape, type PowerCurve, powerCurve } from '../fixtures/machine/power-curve.mjs'
import { openSensors, type SensorShape, type Sensors } from '../fixtures/machine/sensors.mjs'

/** What is simulated. */
export interface SensorMachineOptions {
  readonly sensors: readonly SensorShape[]
  readonly curve: CurveShape
  /** Other files: path below the root -> contents. */
  readonly files?: Readonly<Record<string, string>>
}

const FIRST_MOMENT = 1000

/** Stands still until it is told to go on. */
export class SensorMachine {
  readonly root = mkdtempSync(join(tmpdir(), 'greenbench-sensors-'))
  readonly curve: PowerCurve
  readonly #sensors: Sensors
  #time = FIRST_MOMENT
  /** Called whenever time has passed. */
  onAdvance: (time: number) => void = () => undefined
  /** Seconds that pass at each look at the clock, so that reading takes time. */
  timePerLook = 0

  constructor({ sensors, curve, files = {} }: SensorMachineOptions) {
    this.curve = powerCurve(curve)
    for (const [path, text] of Object.entries(files)) this.write(path, text)
    this.#sensors = openSensors(this.root, sensors, this.curve)
    this.#sensors.show(this.#time)
  }

  readonly clock = (): Seconds => {
    if (this.timePerLook > 0) this.advanceTo(this.#time + this.timePerLook)
    return seconds(this.#time)
  }

  advanceTo(time: number): void {
    this.#time = time
    this.#sensors.show(time)
    this.onAdvance(time)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** Opens a meter on the machine, and lets time pass with readings as often as the meter asks for them. */
export async function meterOn(machine: SensorMachine, profilers: readonly Profiler[], options: MeterOptions = {}) {
  const tracks: { profiler: Profiler; interval: number; due: number; waiting: Reading[] }[] = []
  const startSampling: StartSampling = async (jobs) => {
    tracks.push(...jobs.map((job) => ({ ...job, due: machine.clock() + job.interval, waiting: [] })))
    const zero = seconds(0)
    const delays = { meanDelay: zero, worstDelay: zero, longestStep: zero }
    const statistics = () => ({ readings: 0, failed: 0, missed: 0, lost: 0, interval: zero, ...delays })
    const take = (track: (typeof tracks)[number]) => (visit: (reading: Reading) => void) =>
      track.waiting.splice(0).forEach(visit)
    return {
      samplers: tracks.map((track) => ({ take: take(track), statistics })),
      warnings: [],
      cpuSeconds: () => undefined,
      close: async () => undefined,
    }
  }
  machine.timePerLook = 0.0005
  const clock = machine.clock
  const meter = await openMeter({ profilers, clock, uptime: clock, startSampling, ...options })
  machine.timePerLook = 0
  const runTo = (time: number): void => {
    // Readings whose time has passed are left out, as the sampler does.
    for (const track of tracks) while (track.due < clock()) track.due += track.interval
    for (;;) {
      const next = tracks.reduce((least, { due }) => Math.min(least, due), Number.POSITIVE_INFINITY)
      if (next > time) break
      machine.advanceTo(next)
      for (const track of tracks) {
        if (track.due > next) continue
        track.waiting.push(readChecked(track.profiler, track.profiler.domains().length, clock))
        track.due += track.interval
      }
    }
    machine.advanceTo(time)
  }
  return { meter, runTo }
}
