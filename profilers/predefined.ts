/** The profilers that come with greenbench, the most exact first: one line each. */
import { AmdGpuProfiler } from './amdgpu.js'
import { BatteryProfiler } from './battery.js'
import { EstimateProfiler } from './estimate.js'
import { HwmonProfiler } from './hwmon.js'
import { IntelGpuProfiler } from './intel-gpu.js'
import { JetsonProfiler } from './jetson.js'
import { MsrProfiler } from './msr.js'
import { NoneProfiler } from './none.js'
import { NvmlProfiler } from './nvml.js'
import { PerfProfiler } from './perf.js'
import { PowerGadgetProfiler } from './power-gadget.js'
import { PowermetricsProfiler } from './powermetrics.js'
import type { Profiler, ProfilerOptions } from './profiler.js'
import { RaplProfiler } from './rapl.js'

/** In the order in which `auto` tries them. */
export const predefinedProfilers: readonly {
  readonly name: string
  readonly make: (options: ProfilerOptions) => Profiler
  /** Reads the same counters as that one: `auto` tries it only where that one cannot be used. */
  readonly sameAs?: string
}[] = [
  { name: 'rapl', make: (options) => new RaplProfiler(options) },
  { name: 'perf', make: (options) => new PerfProfiler(options), sameAs: 'rapl' },
  { name: 'msr', make: (options) => new MsrProfiler(options), sameAs: 'rapl' },
  { name: 'nvml', make: (options) => new NvmlProfiler(options) },
  { name: 'amdgpu', make: (options) => new AmdGpuProfiler(options) },
  { name: 'intel-gpu', make: (options) => new IntelGpuProfiler(options) },
  { name: 'power-gadget', make: (options) => new PowerGadgetProfiler(options) },
  { name: 'jetson', make: (options) => new JetsonProfiler(options) },
  { name: 'hwmon', make: (options) => new HwmonProfiler(options) },
  { name: 'battery', make: (options) => new BatteryProfiler(options) },
  { name: 'powermetrics', make: (options) => new PowermetricsProfiler(options) },
  { name: 'estimate', make: (options) => new EstimateProfiler(options) },
  { name: 'none', make: () => new NoneProfiler() },
]
