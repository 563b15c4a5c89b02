/** Versions of greenbench and of what it stands on, for the record. */
import { existsSync, readFileSync } from 'node:fs'

/** @returns the version of this package, e.g. `0.1.0` */
export function greenbenchVersion(): string {
  const { version } = ownPackage()
  return typeof version === 'string' ? version : 'unknown'
}

/** @returns greenbench and Node, by name */
export const ownVersions = (): Record<string, string> => ({
  greenbench: greenbenchVersion(),
  node: process.versions.node,
})

/** The `package.json` above this file: sources and `dist` lie at different depths. */
function ownPackage(): { readonly version?: unknown } {
  const places = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url))
  const found = places.find((place) => existsSync(place))
  return found === undefined ? {} : JSON.parse(readFileSync(found, 'utf8'))
}
