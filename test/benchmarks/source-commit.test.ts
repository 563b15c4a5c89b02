import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sourceCommit } from '../../benchmarks/source-commit.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const COMMIT = 'fb0a2c1d'.repeat(5)

function folderWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

describe('commit of a clone', () => {
  test.each<[string, Record<string, string>]>([
    ['on a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${COMMIT}\n` }],
    ['with a detached head', { '.git/HEAD': `${COMMIT}\n` }],
    [
      'with packed references',
      { '.git/HEAD': 'ref: refs/heads/main', '.git/packed-refs': `# pack\n${COMMIT} refs/heads/main\n` },
    ],
  ])('is read %s', (_name, files) => {
    expect(sourceCommit(folderWith(files))).toBe(COMMIT)
  })

  test('is read in a linked worktree', () => {
    const root = folderWith({
      'clone/.git/worktrees/side/HEAD': 'ref: refs/heads/side\n',
      'clone/.git/worktrees/side/commondir': '../..\n',
      'clone/.git/refs/heads/side': COMMIT,
      'side/.git': 'gitdir: ../clone/.git/worktrees/side\n',
    })
    expect(sourceCommit(join(root, 'side'))).toBe(COMMIT)
  })

  test.each<[string, Record<string, string>]>([
    ['an installed package', { 'package.json': '{}' }],
    ['a branch without commits', { '.git/HEAD': 'ref: refs/heads/main' }],
    ['a reference that leads out of the clone', { '.git/HEAD': 'ref: refs/../../secret', secret: COMMIT }],
    ['a head of something else', { '.git/HEAD': 'hello' }],
  ])('is absent for %s', (_name, files) => {
    expect(sourceCommit(folderWith(files))).toBeUndefined()
  })
})
