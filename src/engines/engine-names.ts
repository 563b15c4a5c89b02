/** The engines by the names that `--engine` takes. */
import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'

/** The first one runs what no engine is named for. */
export const ENGINE_NAMES = ['onnxruntime', 'tfjs-node', 'tfjs-wasm'] as const

/** Name of an engine. */
export type EngineName = (typeof ENGINE_NAMES)[number]

/**
 * @returns the names, each once, in the order given
 * @throws {UsageError} `E_ENGINE_UNKNOWN` for a name that no engine has
 */
export function engineNames(given: readonly string[]): readonly EngineName[] {
  return [...new Set(given)].map((name) => {
    const known = ENGINE_NAMES.find((engine) => engine === name)
    if (known !== undefined) return known
    const meant = closestNames(name, ENGINE_NAMES)[0]
    throw new UsageError('E_ENGINE_UNKNOWN', `there is no engine ${JSON.stringify(name.slice(0, 60))}`, {
      hint: meant === undefined ? `choose from ${ENGINE_NAMES.join(', ')}` : `did you mean ${meant}?`,
    })
  })
}
