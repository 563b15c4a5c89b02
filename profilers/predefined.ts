/** The profilers that come with greenbench, the most exact first: one line each. */
import { EstimateProfiler } from './estimate.js'
import { NoneProfiler } from './none.js'
import type { Profiler, ProfilerOptions } from './profiler.js'
import { RaplProfiler } from './rapl.js'

/** Name and maker of each; `auto` tries them in this order. */
export const predefinedProfilers: readonly (readonly [string, (options: ProfilerOptions) => Profiler])[] = [
  ['rapl', (options) => new RaplProfiler(options)],
  ['estimate', (options) => new EstimateProfiler(options)],
  ['none', () => new NoneProfiler()],
]
