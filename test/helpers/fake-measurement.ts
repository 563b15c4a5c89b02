/** A clock, a meter and a model that are made up, so that the protocol runs at full speed and without a machine's noise. */
import type { Clock } from '../../benchmarks/clock.js'
import type { EnergyMeter, OpenWindow, WindowEnergy } from '../../profilers/energy-window.js'
import { joules, type Seconds, seconds } from '../../src/core/units.js'
import type { BoundRun } from '../../src/engines/engine.js'
import type { Tensor } from '../../src/graph/tensor.js'

/** Time that passes only when something in the test takes time. */
export class FakeClock implements Clock {
  time = 1000
  processor = 5
  /** Processor time that sampling costs per second of waiting. */
  idleShare = 0.01
  /** Called after each step, e.g. to abort at a certain time. */
  onAdvance: (time: number) => void = () => undefined

  now(): Seconds {
    return seconds(this.time)
  }

  cpu(): Seconds {
    return seconds(this.processor)
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.time * 1000)
  }

  sleep(duration: Seconds): Promise<void> {
    this.advance(duration, this.idleShare)
    return Promise.resolve()
  }

  /** @param share - processor seconds per second */
  advance(duration: number, share = 1): void {
    this.time += duration
    this.processor += duration * share
    this.onAdvance(this.time)
  }
}

/** A model whose runs take the times given, again from the start when they are used up. */
export class FakeRun implements BoundRun {
  runs = 0
  readonly #clock: FakeClock
  readonly #latency: (run: number) => number
  readonly #outputs: ReadonlyMap<string, Tensor>

  constructor(clock: FakeClock, latency: (run: number) => number, outputs: ReadonlyMap<string, Tensor> = new Map()) {
    this.#clock = clock
    this.#latency = latency
    this.#outputs = outputs
  }

  run(): Promise<void> {
    this.#clock.advance(this.#latency(this.runs++))
    return Promise.resolve()
  }

  outputs(): ReadonlyMap<string, Tensor> {
    return this.#outputs
  }
}

/** What a fake sensor shows. */
export interface FakeMeterOptions {
  readonly kind?: 'measured' | 'modelled'
  /** Power while processors are busy for `cpu` of the `elapsed` seconds; `undefined` is a sensor that is gone. */
  readonly watts?: (cpu: number, elapsed: number, window: number) => number | undefined
  /** Relative error of the sensor, to either side. */
  readonly error?: number
  /** Half-width of each window from edges, resolution and gaps, J. */
  readonly random?: number
  readonly updatePeriod?: number
}

/** A meter with one domain, `package-0`. */
export class FakeMeter implements EnergyMeter {
  readonly profilers: EnergyMeter['profilers']
  readonly refusals = []
  readonly updatePeriod: Seconds
  readonly warnings = []
  isClosed = false
  readonly windows = []
  begun = 0
  #open = 0
  readonly #clock: FakeClock
  readonly #options: Required<Omit<FakeMeterOptions, 'updatePeriod'>>

  constructor(clock: FakeClock, options: FakeMeterOptions = {}) {
    this.#clock = clock
    this.#options = {
      kind: options.kind ?? 'measured',
      watts: options.watts ?? ((cpu, elapsed) => 10 + (20 * cpu) / elapsed),
      error: options.error ?? 0.01,
      random: options.random ?? 0,
    }
    this.updatePeriod = seconds(options.updatePeriod ?? 0.001)
    this.profilers = [{ name: 'fake', kind: this.#options.kind, detail: 'made up' }]
  }

  begin(): OpenWindow {
    // A window within another is a part of it, and has its watts.
    const index = this.#open > 0 ? this.begun - 1 : this.begun++
    this.#open++
    const [start, cpu] = [this.#clock.time, this.#clock.processor]
    let result: Promise<WindowEnergy> | undefined
    const end = () => {
      if (result === undefined) this.#open--
      result ??= Promise.resolve(this.#window(index, start, cpu))
      return result
    }
    return { end, [Symbol.asyncDispose]: async () => void (await end()) }
  }

  window(): OpenWindow {
    return this.begin()
  }

  sampling(): [] {
    return []
  }

  samplerCpuSeconds(): Seconds | undefined {
    return undefined
  }

  close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #window(index: number, start: number, cpuBefore: number): WindowEnergy {
    const { kind, watts, error, random } = this.#options
    const elapsed = this.#clock.time - start
    const power = watts(this.#clock.processor - cpuBefore, elapsed, index)
    const energy = power === undefined ? undefined : joules(power * elapsed)
    const [low, high] = [1 - error, 1 + error].map((factor) =>
      energy === undefined ? energy : joules(energy * factor),
    )
    const domain = { name: 'package-0', profiler: 'fake', kind, part: 'package', isCounted: true } as const
    const domains =
      energy === undefined || low === undefined || high === undefined ? [] : [{ ...domain, joules: energy, low, high }]
    const gone = { code: 'W_SENSOR_LOST', message: 'the sensor is gone', hint: 'look for it' } as const
    return {
      startedAt: seconds(start),
      seconds: seconds(elapsed),
      joules: energy,
      low,
      high,
      kind: energy === undefined ? undefined : kind,
      measuredShare: energy === undefined ? undefined : kind === 'measured' ? 1 : 0,
      random: energy === undefined ? undefined : joules(random),
      systematic: energy === undefined ? undefined : { low: 1 - error, high: 1 + error },
      budget: energy === undefined ? [] : [{ source: kind === 'measured' ? 'sensor' : 'model', relative: error }],
      domains,
      readings: Math.floor(elapsed / 0.1),
      failedReadings: 0,
      warnings: energy === undefined ? [gone] : [],
    }
  }
}
