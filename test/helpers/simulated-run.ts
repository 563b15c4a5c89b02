/** Whole measurements of a model on a machine that is made up, thousands of times a minute: what is true of it is known. */
import type { Clock } from '../../benchmarks/clock.js'
import { energyRecord } from '../../benchmarks/energy-record.js'
import type { InferenceOptions } from '../../benchmarks/options.js'
import { type PairedMeasurement, runPairedProtocol } from '../../benchmarks/paired-protocol.js'
import { runProtocol } from '../../benchmarks/protocol.js'
import { planProtocol } from '../../benchmarks/protocol-plan.js'
import { openMeter } from '../../profilers/meter.js'
import { type Availability, type EnergyDomain, Profiler, type Reading } from '../../profilers/profiler.js'
import { seededRandom } from '../../src/core/random.js'
import type { EnergyRecord } from '../../src/core/record.js'
import { type Seconds, seconds } from '../../src/core/units.js'
import type { Warning } from '../../src/core/warning.js'
import { manualSampling } from './manual-sampling.js'

/** The machine and its sensor; spreads are standard deviations relative to the mean. */
export interface SimulatedWorld {
  /** W of the idle machine and W more under load. */
  readonly idle: number
  readonly load: number
  /** Spread of the idle power and of the load's, and the seconds for which they remember themselves. */
  readonly idleSpread: number
  readonly loadSpread: number
  readonly memory: number
  /** Stated relative error of the sensor, 95%; each run has a sensor of its own, which is off by so much at most 19 times of 20. */
  readonly gainError: number
  /** Of the counter: seconds between updates, and J of a step. */
  readonly updatePeriod: number
  readonly unit: number
}

/** What came out, and what is true. */
export interface SimulatedResult {
  readonly energy: EnergyRecord
  readonly warnings: readonly Warning[]
  readonly truth: { readonly perInference: number; readonly netPerInference: number }
}

/** Seconds of one inference, on average, and its spread. */
const LATENCY = { mean: 0.1, spread: 0.05 }
/** Seconds by which idle time goes on. */
const IDLE_STEP = 0.1

/** Power that wanders about a mean and forgets where it was. */
class Wandering {
  readonly #spread: number
  readonly #memory: number
  readonly #normal: () => number
  #value: number

  constructor(spread: number, memory: number, normal: () => number) {
    this.#spread = spread
    this.#memory = memory
    this.#normal = normal
    this.#value = spread * normal()
  }

  /** @returns the mean over a step, relative to the mean of all */
  step(duration: number): number {
    const kept = Math.exp(-duration / this.#memory)
    const before = this.#value
    this.#value = before * kept + this.#spread * Math.sqrt(1 - kept * kept) * this.#normal()
    return 1 + (before + this.#value) / 2
  }
}

/** The machine: its clock, and the energy that has flowed. */
class World implements Clock {
  joules = 0
  /** Of the latest step, W. */
  watts = 0
  #time = 1000
  #isBusy = false
  readonly #world: SimulatedWorld
  readonly #idle: Wandering
  readonly #load: Wandering

  constructor(world: SimulatedWorld, normal: () => number) {
    this.#world = world
    this.#idle = new Wandering(world.idleSpread, world.memory, normal)
    this.#load = new Wandering(world.loadSpread, world.memory, normal)
  }

  now = (): Seconds => seconds(this.#time)
  cpu = (): Seconds => seconds(this.#time)
  date = (): Date => new Date(0)

  async sleep(duration: Seconds): Promise<void> {
    for (let left: number = duration; left > 1e-9; left -= IDLE_STEP) this.#pass(Math.min(left, IDLE_STEP))
  }

  run(duration: number): void {
    this.#isBusy = true
    this.#pass(duration)
    this.#isBusy = false
  }

  /** Called whenever a second has passed. */
  onSecond: () => void = () => undefined

  #pass(duration: number): void {
    const before = this.#time
    this.#flow(duration)
    if (Math.floor(before) !== Math.floor(this.#time)) this.onSecond()
  }

  #flow(duration: number): void {
    const { idle, load } = this.#world
    const watts = idle * this.#idle.step(duration)
    const more = load * this.#load.step(duration)
    this.watts = watts + (this.#isBusy ? more : 0)
    this.joules += duration * this.watts
    this.#time += duration
  }
}

/** Shows the energy of the last update, rounded down to its unit. */
class WorldProfiler extends Profiler {
  readonly name = 'simulated'
  readonly kind = 'measured'
  readonly #machine: World
  readonly #world: SimulatedWorld
  readonly #gain: number
  readonly #random: () => number

  constructor(machine: World, world: SimulatedWorld, gain: number, random: () => number) {
    super()
    this.#machine = machine
    this.#world = world
    this.#gain = gain
    this.#random = random
  }

  async probe(): Promise<Availability> {
    return { isAvailable: true, detail: 'simulated' }
  }

  domains(): readonly EnergyDomain[] {
    const { gainError, updatePeriod, unit } = this.#world
    const period = seconds(updatePeriod)
    const error = { low: 1 - gainError, high: 1 + gainError }
    return [
      {
        name: 'package-0',
        part: 'package',
        counter: 'energy',
        updatePeriod: period,
        resolution: unit,
        isCounted: true,
        ...error,
      },
    ]
  }

  /** The age of what is shown is anything up to one update. */
  read(): Reading {
    const { updatePeriod, unit } = this.#world
    const aged = this.#machine.joules * this.#gain - this.#random() * updatePeriod * this.#machine.watts
    return { at: this.#machine.now(), values: [Math.max(0, Math.floor(aged / unit) * unit)] }
  }
}

/** One measurement from probe to record. */
export async function simulateRun(
  world: SimulatedWorld,
  seed: number,
  options: Partial<InferenceOptions> = {},
): Promise<SimulatedResult> {
  const { machine, meter, pool } = await openWorld(world, seed)
  const measurement = await runProtocol(planProtocol({ model: 'x', ...options }, meter), {
    pool,
    batchSize: 1,
    clock: machine,
    meter,
  })
  await meter.close()
  const energy = energyRecord(measurement, 1)
  if (energy === undefined) throw new Error('the simulated run has no energy')
  const { idle, load } = world
  return {
    energy,
    warnings: measurement.warnings,
    truth: { perInference: LATENCY.mean * (idle + load), netPerInference: LATENCY.mean * load },
  }
}

/** Two competitors that are alike, measured in turn. */
export async function simulatePair(world: SimulatedWorld, seed: number): Promise<PairedMeasurement> {
  const { machine, meter, pool } = await openWorld(world, seed)
  const plan = planProtocol({ model: 'x' }, meter, 10)
  const pools = [{ pool }, { pool: { ...pool } }]
  const measured = await runPairedProtocol(plan, { batchSize: 1, clock: machine, meter }, pools, seed)
  await meter.close()
  return measured
}

async function openWorld(world: SimulatedWorld, seed: number) {
  const random = seededRandom(seed)
  for (let index = 0; index < 20; index++) random()
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const machine = new World(world, normal)
  const gain = 1 + (world.gainError / 1.959964) * normal()
  const profiler = new WorldProfiler(machine, world, gain, random)
  const sampling = manualSampling()
  machine.onSecond = sampling.tick
  const meter = await openMeter({
    profilers: [profiler],
    clock: machine.now,
    uptime: machine.now,
    startSampling: sampling.start,
  })
  const run = {
    run: async () => machine.run(LATENCY.mean * (1 + LATENCY.spread * normal())),
    outputs: () => new Map(),
  }
  return { machine, meter, pool: { runs: [run], next: 0 } }
}
