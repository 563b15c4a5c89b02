import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Progress } from '../../benchmarks/options.js'
import { showProgress } from '../../src/cli/progress.js'
import type { Terminal } from '../../src/cli/terminal.js'

const measuring = (done: number): Progress => ({
  phase: 'inference',
  batchSize: 8,
  done,
  total: 60,
  inferences: 1234,
  running: { quantity: 'energy', mean: 0.612, relativeHalfWidth: 0.021 },
})

const STEPS: readonly Progress[] = [
  { phase: 'load', done: 0, total: 1 },
  { phase: 'preprocess', done: 3, total: 120, skipped: 1 },
  measuring(1),
  measuring(30),
  { phase: 'finish', done: 1, total: 1 },
]

/** What standard error gets to see of these steps. */
function shown(isTTY: boolean, isQuiet: boolean, environment: Record<string, string> = {}): string {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120 })
  const stderr = stream as unknown as NodeJS.WriteStream
  const display = showProgress({ folder: '/', environment, stdout: stderr, stderr } satisfies Terminal, isQuiet)
  for (const step of STEPS) display.show(step)
  display.stop()
  display.show(measuring(40))
  return String(stream.read() ?? '')
}

describe('progress', () => {
  test('is nothing with --quiet', () => {
    expect(shown(true, true)).toBe('')
  })

  test('is one plain line per phase off a terminal', () => {
    expect(shown(false, false)).toBe('loading\nimages\nmeasuring batch 8, at most 60 s\nfinishing\n')
  })

  test('is the same on a terminal that cannot draw', () => {
    expect(shown(true, false, { TERM: 'dumb' })).toBe(shown(false, false))
  })

  test('is a bar on a terminal, which goes away and gives the cursor back', () => {
    const text = shown(true, false)
    expect(text).toContain('loading')
    expect(text).toContain('█')
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'))
  })
})
