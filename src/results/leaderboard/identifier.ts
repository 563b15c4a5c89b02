/** Short names of models, machines and groups that are fit for file names and stay the same from file to file. */
import { hash } from 'node:crypto'

const LONGEST = 40

/**
 * @param name - for people; may hold anything
 * @param key - what makes it that very thing
 * @returns letters, digits and dashes of the name, and 12 digits of the digest of the key
 */
export function identifier(name: string, key: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '')
  return `${words === '' ? 'unnamed' : words}-${hash('sha256', key).slice(0, 12)}`
}

/** For sorting: by code units, which no language setting changes. */
export const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
