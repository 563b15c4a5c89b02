/** What greenbench finds on this machine: engines, and profilers with the results of their probes. */
import type { Profiler } from '../profilers/profiler.js'
import { ProfilerRegistry } from '../profilers/registry.js'
import type { EngineFacts, Usability } from '../src/engines/engine-facts.js'
import { probeEngines } from '../src/engines/probe-engines.js'

/** One profiler on this machine. */
export interface ProfilerFacts extends Usability {
  readonly name: string
  readonly kind: 'measured' | 'modelled'
  /** What it reads. */
  readonly detail?: string
}

/** Everything that was found. */
export interface Findings {
  readonly engines: readonly EngineFacts[]
  readonly profilers: readonly ProfilerFacts[]
}

/** What looks at the machine; tests look at another one. */
export interface FindingsOptions {
  readonly registry?: ProfilerRegistry
  readonly probe?: () => Promise<readonly EngineFacts[]>
}

/** Tries all engines and profilers. What cannot be used is told with its reason; nothing throws for that. */
export async function detectMachine({ registry, probe = probeEngines }: FindingsOptions = {}): Promise<Findings> {
  const profilers = registry ?? ProfilerRegistry.withPredefinedProfilers()
  const names = profilers.names.filter((name) => name !== 'none')
  const [engines, found] = await Promise.all([probe(), Promise.all(names.map((name) => tryProfiler(profilers, name)))])
  return { engines, profilers: found }
}

async function tryProfiler(registry: ProfilerRegistry, name: string): Promise<ProfilerFacts> {
  const profiler = registry.make(name)
  try {
    return { name, kind: profiler.kind, ...(await usabilityOf(profiler)) }
  } finally {
    await profiler.close()
  }
}

async function usabilityOf(profiler: Profiler): Promise<Omit<ProfilerFacts, 'name' | 'kind'>> {
  const availability = await profiler.probe()
  if (availability.isAvailable) return { isUsable: true, detail: availability.detail }
  const { reason, fix } = availability
  return { isUsable: false, reason, ...(fix === undefined ? {} : { fix }) }
}
