/** The commit that greenbench itself runs from, when it runs from a clone; an installed package has a version only. */
import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Reads git's own files; git is not needed.
 *
 * @param root - folder of greenbench's `package.json`
 * @returns hex digits of the commit that is checked out; `undefined` outside a clone
 * @see https://git-scm.com/docs/gitrepository-layout
 */
export function sourceCommit(root: string): string | undefined {
  const folder = gitFolder(root)
  const head = folder && textOf(join(folder, 'HEAD'))
  if (folder === undefined || head === undefined) return undefined
  if (COMMIT.test(head)) return head
  const name = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1]
  if (name === undefined || name.includes('..')) return undefined
  // A linked worktree keeps its branches in the folder of the clone it belongs to.
  const shared = resolve(folder, textOf(join(folder, 'commondir')) ?? '.')
  const found = textOf(join(folder, name)) ?? textOf(join(shared, name)) ?? packedCommit(shared, name)
  return found !== undefined && COMMIT.test(found) ? found : undefined
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/** `.git` is a folder, or in a linked worktree a file that names one. */
function gitFolder(root: string): string | undefined {
  const path = join(root, '.git')
  try {
    if (statSync(path).isDirectory()) return path
  } catch {
    return undefined // not a clone
  }
  const named = /^gitdir: (.+)$/m.exec(textOf(path) ?? '')?.[1]
  return named === undefined ? undefined : resolve(root, named)
}

function packedCommit(folder: string, name: string): string | undefined {
  const lines = textOf(join(folder, 'packed-refs'))?.split('\n') ?? []
  return lines.find((line) => line.endsWith(` ${name}`))?.split(' ')[0]
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined // git writes some of these files only when it needs them
  }
}
