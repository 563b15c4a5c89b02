import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readProcessTree } from '../../profilers/process-tree.js'

interface FakeProcess {
  readonly parent: number
  /** Ticks: user, system, and of children waited for. */
  readonly times: readonly [number, number, number, number]
  readonly name?: string
  readonly pss?: number
}

function machineWith(processes: Readonly<Record<number, FakeProcess>>): string {
  const root = mkdtempSync(join(tmpdir(), 'greenbench-tree-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [id, { parent, times, name = 'node', pss }] of Object.entries(processes)) {
    const folder = join(root, 'proc', id)
    mkdirSync(folder, { recursive: true })
    // pid (comm) state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime priority
    writeFileSync(join(folder, 'stat'), `${id} (${name}) S ${parent} 1 1 0 -1 0 0 0 0 0 ${times.join(' ')} 20 0 1\n`)
    if (pss !== undefined)
      writeFileSync(join(folder, 'smaps_rollup'), `0-1 ---p 0 [rollup]\nRss: 9 kB\nPss:  ${pss} kB\n`)
  }
  return root
}

test('children, theirs, and those that have ended belong to the tree', () => {
  const root = machineWith({
    1: { parent: 0, times: [9000, 9000, 0, 0], pss: 1 },
    10: { parent: 1, times: [100, 50, 20, 10], pss: 1000 },
    11: { parent: 10, times: [30, 0, 0, 0], pss: 200 },
    12: { parent: 11, times: [0, 7, 0, 0], pss: 24 },
    13: { parent: 1, times: [5000, 0, 0, 0], pss: 1 },
  })
  expect(readProcessTree(10, root)).toEqual({
    processes: 3,
    cpuSeconds: expect.closeTo(2.17),
    pssBytes: 1224 * 1024,
  })
})

test('a program may be called what it likes', () => {
  const root = machineWith({ 10: { parent: 1, times: [100, 0, 0, 0], name: 'a) R 1 (b 2' } })
  expect(readProcessTree(10, root)).toMatchObject({ processes: 1, cpuSeconds: 1 })
})

test('memory of a tree is not known when one process does not tell', () => {
  const root = machineWith({ 10: { parent: 1, times: [1, 0, 0, 0], pss: 5 }, 11: { parent: 10, times: [1, 0, 0, 0] } })
  expect(readProcessTree(10, root)?.pssBytes).toBeUndefined()
})

test('processes that claim to be their own ancestors end the search', () => {
  const root = machineWith({ 10: { parent: 11, times: [1, 0, 0, 0] }, 11: { parent: 10, times: [2, 0, 0, 0] } })
  expect(readProcessTree(10, root)).toMatchObject({ processes: 2, cpuSeconds: expect.closeTo(0.03) })
})

test('without /proc nothing is known', () => {
  expect(readProcessTree(1, '/nowhere')).toBeUndefined()
})

test.runIf(process.platform === 'linux')(
  'the CPU time of a child that ended is counted as the kernel does',
  async () => {
    const before = readProcessTree(process.pid)?.cpuSeconds ?? Number.NaN
    const own = process.cpuUsage()
    const burn = 'while (process.cpuUsage().user < 1e6); console.log(JSON.stringify(process.cpuUsage()))'
    const child = JSON.parse(execFileSync(process.execPath, ['-e', burn], { encoding: 'utf8' }))
    const { user, system } = process.cpuUsage(own)
    const after = readProcessTree(process.pid)?.cpuSeconds ?? Number.NaN
    const expected = (child.user + child.system + user + system) * 1e-6
    // Four times in ticks of 10 ms, and the child's end after its last look; counted twice it would be a second more.
    expect(after - before).toBeGreaterThan(expected - 0.05)
    expect(after - before).toBeLessThan(expected + 0.75)
  },
)

test.runIf(process.platform === 'linux')('a child that runs is found, with its memory', async () => {
  const alone = readProcessTree(process.pid)
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("ready"); setInterval(() => {}, 1000)'])
  onTestFinished(() => void child.kill())
  await once(child.stdout, 'data')
  const tree = readProcessTree(process.pid)
  expect((tree?.processes ?? 0) - (alone?.processes ?? 0)).toBeGreaterThanOrEqual(1)
  expect(readProcessTree(child.pid ?? 0)?.pssBytes ?? 0).toBeGreaterThan(1e6)
})
