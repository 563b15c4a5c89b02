/** Everything a benchmark touches beside the model and the images, so that a test can put something else in its place. */

import type { Model } from '../formats/format.js'
import type { EnergyMeter } from '../profilers/energy-window.js'
import { type MeterOptions, openMeter } from '../profilers/meter.js'
import type { Engine } from '../src/engines/engine.js'
import { engineFor } from '../src/engines/engine-for.js'
import type { EngineName } from '../src/engines/engine-names.js'
import { type Clock, systemClock } from './clock.js'
import { type Conditions, readConditions } from './conditions.js'
import { type HostFacts, readHost } from './host.js'
import { type MachineUse, readMachineUse } from './machine-use.js'

/** The machine, the engine and the sensors. */
export interface Surroundings {
  readonly clock: Clock
  openMeter(options: MeterOptions): Promise<EnergyMeter>
  engineFor(model: Model, name?: EngineName): Engine
  readHost(): Promise<HostFacts>
  readConditions(): Promise<Conditions>
  /** Who uses the machine; `undefined` where the system does not tell. */
  readUse?(): MachineUse | undefined
}

/** This machine. */
export const realSurroundings: Surroundings = {
  clock: systemClock,
  openMeter,
  engineFor,
  readHost: () => readHost(),
  readConditions: () => readConditions(),
  readUse: () => readMachineUse(),
}
