/** Versions of greenbench and of what it stands on, for the record. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sourceCommit } from './source-commit.js'

/** @returns the version of this package, e.g. `0.1.0` */
export function greenbenchVersion(): string {
  const { version } = ownPackage()
  return typeof version === 'string' ? version : 'unknown'
}

/** @returns greenbench and Node, by name; `commit` where greenbench runs from a clone of its repository */
export function ownVersions(): Record<string, string> {
  const place = ownPackageFile()
  const commit = place && sourceCommit(dirname(fileURLToPath(place)))
  return {
    greenbench: greenbenchVersion(),
    ...(commit === undefined ? {} : { commit }),
    node: process.versions.node,
  }
}

function ownPackage(): { readonly version?: unknown } {
  const place = ownPackageFile()
  return place === undefined ? {} : JSON.parse(readFileSync(place, 'utf8'))
}

/** The `package.json` above this file: sources and `dist` lie at different depths. */
function ownPackageFile(): URL | undefined {
  const places = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url))
  return places.find((place) => existsSync(place))
}
