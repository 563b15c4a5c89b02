/** Tries every engine, each in a process of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EngineFacts } from './engine-facts.js'
import { ENGINE_NAMES, type EngineName } from './engine-names.js'

/** Starts the process that tries an engine; gives its output. */
export type ProbeEngine = (name: EngineName) => Promise<string>

/** A native library that has not loaded by then hangs. */
const LONGEST_MILLISECONDS = 60_000

/**
 * @param probe - another way to try one, for tests
 * @returns what was found of each, in the order of `ENGINE_NAMES`; one that ends its process is not usable
 */
export function probeEngines(probe: ProbeEngine = probeInProcess): Promise<EngineFacts[]> {
  return Promise.all(ENGINE_NAMES.map((name) => probeEngine(name, probe)))
}

/** The same for one engine. */
export async function probeEngine(name: EngineName, probe: ProbeEngine = probeInProcess): Promise<EngineFacts> {
  try {
    const facts: EngineFacts = JSON.parse((await probe(name)).trim().split('\n').at(-1) ?? '')
    return facts
  } catch (cause) {
    const said = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause)
    return { name, isUsable: false, reason: `loading it ended the process: ${said.slice(0, 200)}` }
  }
}

function probeInProcess(name: EngineName): Promise<string> {
  // Node 20 cannot run TypeScript: under a loader the build's module stands in.
  const place = import.meta.url.endsWith('.ts') ? '../../dist/src/engines/probe-process.js' : './probe-process.js'
  const script = fileURLToPath(new URL(place, import.meta.url))
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, name], { timeout: LONGEST_MILLISECONDS }, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(new Error(error.signal === null ? `exit code ${error.code}` : `signal ${error.signal}`))
    })
  })
}
