/** The short form of `npm run fuzz`: damaged files of every kind end in a model or in one clear line. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../fuzz/fuzz.mjs', import.meta.url))

function fuzz(format: string, ...options: readonly string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [SCRIPT, '--format', format, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })))
}

describe('damaged files are read or refused in one clear line', () => {
  test.each(['onnx', 'h5', 'keras', 'saved-model', 'torch', 'image,record,labels,config'])('%s', async (format) => {
    const { code, text } = await fuzz(format, '--count', '60', '--longest', '60')
    expect({ code, findings: text.split('\n').filter((line) => !/, 0 findings$|^$/.test(line)) }).toEqual({
      code: 0,
      findings: [],
    })
  })
})

describe('the fuzzer finds', () => {
  test.each([
    ['another error', 'drill-error', 'not an error of greenbench: TypeError'],
    ['a message of several lines', 'drill-lines', 'several lines'],
    ['a hang', 'drill-hang', 'hangs'],
    ['a crash', 'drill-crash', 'crash (SIGABRT)'],
    ['too much memory', 'drill-memory', 'memory: '],
  ])('%s', async (_, drill, fault) => {
    const longest = drill === 'drill-hang' ? '1' : '60'
    const { code, text } = await fuzz(drill, '--count', '6', '--longest', longest)
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(fault) })
    expect(text).toContain('6 files')
  })
})
