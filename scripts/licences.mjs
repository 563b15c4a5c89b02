// The licences of packages whose code a bundle holds.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param output - of a bundle, as rolldown gives it */
export function licencesOf(output) {
  const modules = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}))
  const folders = modules.map((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
  const texts = [...new Set(folders)].filter((folder) => folder !== undefined).map(licenceOf)
  return `Parts of the files beside this one come from these packages.\n\n${texts.join('\n')}`
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
    /^(?:licen[cs]e|notice)/i.test(entry.name),
  )
  const files = entries.flatMap((entry) => (entry.isFile() ? entry.name : foldersFiles(folder, entry.name)))
  if (files.length === 0) throw new Error(`${name} has no licence file to go with its code`)
  return `${name} ${version} (${license})\n\n${files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')}\n`
}

const foldersFiles = (folder, name) => readdirSync(join(folder, name)).map((file) => join(name, file))
