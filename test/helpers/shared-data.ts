/** Finds the folder of real model files beside the checkout; tests that need it say so where it is absent. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'

/** `../shared/data`, seen from the checkout: files of other projects, which are not this one's to copy. */
export const SHARED_DATA = fileURLToPath(new URL('../../../shared/data', import.meta.url))

const REASON = `needs the folder ${SHARED_DATA}, which is not here`

/** True when the folder is there. */
export const hasSharedData = existsSync(SHARED_DATA)

/** @returns absolute path below `../shared/data` */
export const sharedPath = (...parts: readonly string[]): string => join(SHARED_DATA, ...parts)

/**
 * A group of tests over `../shared/data`. Where the folder is absent the group is skipped, and the reason stands in its
 * name; with `CI=true` it fails instead, so that a skip is never taken for a pass.
 *
 * @param name - what the group claims
 * @param body - declares the tests; only called when the folder is there, so it may list files
 */
export function describeWithSharedData(name: string, body: () => void): void {
  if (hasSharedData) return void describe(name, body)
  if (process.env.CI === 'true') {
    return void test(name, () => {
      throw new Error(REASON)
    })
  }
  test.skip(`${name}: skipped, ${REASON}`, () => {})
}
