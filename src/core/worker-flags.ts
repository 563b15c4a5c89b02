/** Options of Node that a worker thread of this process may be started with. */

/** Options that say how modules are loaded, with a value of their own or after `=`. */
const OF_LOADING = /^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C)(=|$)/

/**
 * @returns `undefined`, so that Node hands on its options by itself: a list may not name options of V8, such as
 *   `--max-old-space-size`. Only with `--input-type`, which holds for code given by `--eval` and which a worker that is a
 *   file refuses, a list: the options that say how modules are loaded
 */
export function workerFlags(given: readonly string[] = process.execArgv): string[] | undefined {
  if (!given.some((flag) => flag.startsWith('--input-type'))) return undefined
  return given.flatMap((flag, index) => {
    const named = OF_LOADING.exec(flag)
    if (named === null) return []
    const value = given[index + 1]
    return named[2] === '=' || value === undefined ? [flag] : [flag, value]
  })
}
