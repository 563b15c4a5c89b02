/** Puts back functions of `node:util` that Node 23 removed and tfjs-node 4.22 still calls. */
import { createRequire } from 'node:module'

const OLD_FUNCTIONS: Readonly<Record<string, (value: unknown) => boolean>> = {
  isNullOrUndefined: (value) => value === null || value === undefined,
  isUndefined: (value) => value === undefined,
  isArray: Array.isArray,
}

/**
 * Adds those that are absent; what is there stays.
 *
 * @param util - the module; another object in tests
 * @see https://nodejs.org/api/deprecations.html#dep0051-utilisnullorundefined
 */
export function restoreOldUtil(util: object = createRequire(import.meta.url)('node:util')): void {
  for (const [name, value] of Object.entries(OLD_FUNCTIONS)) {
    if (Reflect.get(util, name) === undefined)
      Object.defineProperty(util, name, { value, configurable: true, writable: true })
  }
}
