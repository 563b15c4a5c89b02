/** A machine that is a process, and tools that are processes: everything at once, in real time, against what they really used. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { monotonicClock } from '../../profilers/clock.js'
import { openMeter } from '../../profilers/meter.js'
import { NvmlProfiler } from '../../profilers/nvml.js'
import { PerfProfiler } from '../../profilers/perf.js'
import { PowerGadgetProfiler } from '../../profilers/power-gadget.js'
import { PowermetricsProfiler } from '../../profilers/powermetrics.js'
import { RaplProfiler } from '../../profilers/rapl.js'
import { type CurveShape, powerCurve } from '../fixtures/machine/power-curve.mjs'
import type { SensorShape } from '../fixtures/machine/sensors.mjs'
import { buildNvml, installNvml } from '../helpers/nvml-library.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const tool = (name: string): string => fileURLToPath(new URL(`../fixtures/machine/${name}.mjs`, import.meta.url))
const CURVE: CurveShape = { idle: 90, ripple: [{ watts: 20, hertz: 1.3 }] }
const SENSORS: readonly SensorShape[] = [
  { kind: 'rapl', zone: 'intel-rapl:0', name: 'package-0' },
  { kind: 'nvml', period: 0.02 },
]
const SECONDS = 2
/** A process that stands still at an edge of a window is late with its counters: another window then shows what they count. */
const MOST_ROUNDS = 20

test.skipIf(process.platform === 'win32')(
  'all of them see the energy that was used, and nothing of them stays behind',
  async () => {
    const root = temporaryFolder()
    const built = buildNvml()
    const events = join(root, 'sys/bus/event_source/devices/power/events')
    mkdirSync(events, { recursive: true })
    for (const event of ['energy-pkg', 'energy-ram']) writeFileSync(join(events, event), 'event=0x02\n')
    process.env.GREENBENCH_TEST_CURVE = JSON.stringify(CURVE)
    const env = { ...process.env, GREENBENCH_TEST_SENSORS: JSON.stringify(SENSORS) }
    const machine = spawn(process.execPath, [tool('machine'), root], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    await once(machine.stdout, 'data')
    const meter = await openMeter({
      profilers: [
        new RaplProfiler({ root }),
        ...('path' in built ? [new NvmlProfiler({ root, library: installNvml(built, root), environment: {} })] : []),
        new PerfProfiler({ root, perf: tool('perf') }),
        new PowermetricsProfiler({ platform: 'darwin', isRoot: true, powermetrics: tool('powermetrics') }),
        new PowerGadgetProfiler({ powerLog: tool('power-log') }),
      ],
    })
    const curve = powerCurve(CURVE)
    const shares: Readonly<Record<string, number>> = {
      'rapl package-0': 1,
      ...('path' in built ? { 'nvml gpu-0': 1, 'nvml gpu-0/power': 1 } : {}),
      'perf package-0': 0.5,
      'perf package-1/dram': 0.05,
      'powermetrics cpu': 0.6,
      'power-gadget package-0': 0.8,
    }
    const wrong = new Map(Object.keys(shares).map((name) => [name, [] as number[]]))
    for (let round = 0; round < MOST_ROUNDS && wrong.size > 0; round++) {
      const from = monotonicClock()
      const window = meter.begin()
      await sleep(SECONDS * 1000)
      const { domains } = await window.end()
      const used = curve.joules(from, monotonicClock())
      for (const [name, errors] of wrong) {
        const joules = domains.find((domain) => `${domain.profiler} ${domain.name}` === name)?.joules ?? Number.NaN
        errors.push(joules / ((shares[name] ?? Number.NaN) * used) - 1)
        if (Math.abs(errors.at(-1) ?? Number.NaN) < 0.1) wrong.delete(name)
      }
    }
    await meter.close()
    machine.stdin.end()
    await once(machine, 'exit')
    expect([...wrong]).toEqual([])
  },
)
