/** Tools that print what a simulated machine uses, without a process: on its clock, through the real parsers. */
import { makePerfParser } from '../../profilers/perf-lines.js'
import { makePowerLogParser } from '../../profilers/power-log-lines.js'
import { makePowermetricsParser } from '../../profilers/powermetrics-samples.js'
import { ToolFollower, type ToolParser } from '../../profilers/tool-follower.js'
import type { ToolOptions } from '../../profilers/tool-profiler.js'
import { ToolState } from '../../profilers/tool-state.js'
import { seconds } from '../../src/core/units.js'
import type { PowerCurve } from '../fixtures/machine/power-curve.mjs'
import {
  type Interval,
  POWER_LOG_HEADER,
  perfLines,
  powerLogRow,
  powermetricsList,
} from '../fixtures/machine/tool-output.mjs'
import type { SensorMachine } from './sensor-machine.js'

/** One tool. */
export interface SimulatedTool {
  /** Seconds between what it prints. */
  readonly period: number
  readonly makeParser: () => ToolParser
  readonly header?: string
  readonly print: (curve: PowerCurve, interval: Interval) => string
}

export const perfTool: SimulatedTool = {
  period: 0.1,
  makeParser: makePerfParser,
  print: (curve, interval) =>
    perfLines(curve, interval, ['power/energy-pkg/', 'power/energy-ram/', 'power/energy-psys/']),
}
export const powermetricsTool: SimulatedTool = {
  period: 0.2,
  makeParser: makePowermetricsParser,
  print: powermetricsList,
}
export const powerLogTool: SimulatedTool = {
  period: 0.1,
  makeParser: makePowerLogParser,
  header: POWER_LOG_HEADER,
  print: powerLogRow,
}

/**
 * Lets a tool run on the machine from now on; every third time it comes up to 3 ms late, as tools do.
 *
 * @returns options for its profiler
 */
export function runTool(machine: SensorMachine, tool: SimulatedTool): Pick<ToolOptions, 'tool'> {
  const state = new ToolState()
  let known: readonly string[] = []
  let now = machine.clock()
  const follower = new ToolFollower(
    tool.makeParser(),
    state,
    () => now,
    (names) => {
      known = names
    },
  )
  follower.push(tool.header ?? '')
  const start = now - 5 * tool.period
  let [from, step] = [start, 1]
  const catchUp = (time: number): void => {
    for (;;) {
      const to = start + step * tool.period + (step % 3 === 0 ? 0.003 : 0)
      if (to > time) break
      now = seconds(to)
      follower.push(tool.print(machine.curve, { start, from, to, elapsed: to - start }))
      ;[from, step] = [to, step + 1]
    }
  }
  catchUp(now)
  const before = machine.onAdvance
  machine.onAdvance = (time) => {
    before(time)
    catchUp(time)
  }
  return { tool: { names: known, shared: state.shared, detail: 'simulated' } }
}
