/** What greenbench finds on this machine: its host, engines, and profilers with the results of their probes. */
import { type DetectedDomain, detectProfilers } from '../profilers/detection.js'
import type { ProfilerOptions } from '../profilers/profiler.js'
import type { ProfilerRegistry } from '../profilers/registry.js'
import type { EngineFacts, Usability } from '../src/engines/engine-facts.js'
import { probeEngines } from '../src/engines/probe-engines.js'
import { type HostFacts, readHost } from './host.js'

/** One profiler on this machine. */
export interface ProfilerFacts extends Usability {
  readonly name: string
  readonly kind: 'measured' | 'modelled'
  /** What it reads. */
  readonly detail?: string
  /** What it counts, with update periods as they were found out; none where it cannot be used. */
  readonly domains: readonly DetectedDomain[]
}

/** Everything that was found. */
export interface Findings {
  readonly host: HostFacts
  readonly engines: readonly EngineFacts[]
  readonly profilers: readonly ProfilerFacts[]
}

/** What looks at the machine; tests look at another one. */
export interface FindingsOptions extends Pick<ProfilerOptions, 'root' | 'gpus' | 'powerLog' | 'cpuTdp'> {
  readonly registry?: ProfilerRegistry
  readonly probe?: () => Promise<readonly EngineFacts[]>
}

/** Tries all engines and profilers. What cannot be used is told with its reason; nothing throws for that. */
export async function detectMachine({ probe = probeEngines, ...options }: FindingsOptions = {}): Promise<Findings> {
  const { root } = options
  const host = await readHost(root === undefined ? {} : { root })
  const [engines, found] = await Promise.all([probe(), detectProfilers(options)])
  const profilers = found.map(({ isAvailable, ...facts }) => ({ isUsable: isAvailable, ...facts }))
  return { host, engines, profilers }
}
