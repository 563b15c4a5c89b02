/** What a run tells a format of the model that it opens. */
import type { LoadOptions } from '../formats/format.js'

/** @returns what was given */
export function openOptions(given: {
  readonly signal?: AbortSignal | undefined
  readonly inputShapes?: ReadonlyMap<string, readonly number[]> | undefined
}): LoadOptions {
  const { signal, inputShapes } = given
  return { ...(signal === undefined ? {} : { signal }), ...(inputShapes === undefined ? {} : { inputShapes }) }
}
