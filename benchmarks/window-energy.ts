/** Begins and ends windows of energy without letting a sensor that fails take the measurement with it. */
import type { EnergyMeter, OpenWindow, WindowEnergy } from '../profilers/energy-window.js'
import type { Warning } from '../src/core/warning.js'

/** Energy of a window, where there is any, and what is doubtful about it. */
export interface EndedWindow {
  readonly energy?: WindowEnergy
  readonly warnings: readonly Warning[]
}

/** @returns ends the window: no energy where there is no meter, and none, with a warning, when it throws */
export function beginWindow(meter: EnergyMeter | undefined): () => Promise<EndedWindow> {
  if (meter === undefined) return () => Promise.resolve({ warnings: [] })
  try {
    const open = meter.begin()
    return () => endWindow(open)
  } catch (cause) {
    return () => Promise.resolve({ warnings: [lost(cause)] })
  }
}

async function endWindow(open: OpenWindow): Promise<EndedWindow> {
  try {
    const energy = await open.end()
    return { energy, warnings: energy.warnings }
  } catch (cause) {
    return { warnings: [lost(cause)] }
  }
}

function lost(cause: unknown): Warning {
  return {
    code: 'W_ENERGY_LOST',
    message: `energy of a window is lost: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'the latency of that window counts all the same; run again for its energy',
  }
}
