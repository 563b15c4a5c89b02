/** What every format must do, greenbench's own and those of users: run it with a format and a file that it reads. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectModel } from '../../benchmarks/inspection.js'
import { ModelFactory } from '../../formats/factory.js'
import type { ModelFormat } from '../../formats/format.js'
import { openSource } from '../../formats/source.js'
import { type GreenbenchError, InterruptedError } from '../../src/core/errors.js'
import { seededRandom } from '../../src/core/random.js'
import { writeOnnx } from '../../src/graph/onnx-writer.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

/** Files for `formatContract`. */
export interface FormatFixtures {
  /** Absolute paths of files or folders that the format reads. */
  readonly good: readonly string[]
  /** Files that it recognises or is asked to read, but that are broken. */
  readonly broken: readonly { readonly name: string; readonly content: Uint8Array; readonly code: string }[]
}

const random = seededRandom(42)
const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))

const JUNK: readonly (readonly [string, Uint8Array])[] = [
  ['one byte', Buffer.from([0])],
  ['zeros', Buffer.alloc(4096)],
  ['all bits set', Buffer.alloc(4096, 0xff)],
  ['noise', noise(8192)],
  ['a text', Buffer.from('This is a letter, not a model.\n'.repeat(50))],
  ['lengths past every end', Buffer.from('0a ff ff ff ff ff ff ff ff 7f 12 ff ff ff ff 0f'.replaceAll(' ', ''), 'hex')],
  ['the start of a zip archive', Buffer.concat([Buffer.from('PK\x03\x04'), noise(200)])],
]

/**
 * @param name - of the format, for the names of the tests
 * @param makeFormat - gives a new instance
 * @param fixtures - files; at least one that is good
 */
export function formatContract(name: string, makeFormat: () => ModelFormat, fixtures: FormatFixtures): void {
  describe(`${name} keeps the contract of formats`, () => {
    const folder = temporaryFolder()
    const factory = () => new ModelFactory().register(makeFormat())
    const fileWith = (content: Uint8Array): string => {
      const path = join(folder, 'file.bin')
      writeFileSync(path, content)
      return path
    }

    test('it has a name, and endings in lower case that start with a dot', () => {
      const format = makeFormat()
      expect(format.name).not.toBe('')
      expect(format.extensions.filter((ending) => !/^\.[a-z0-9.]+$/.test(ending))).toEqual([])
    })

    describe.each(JUNK)('%s', (_, content) => {
      test('is asked about without an error, and never claimed for sure', async () => {
        expect(['possible', 'no']).toContain(await makeFormat().matches(openSource(fileWith(content))))
      })

      test('gives an error of greenbench with a hint when loaded all the same', async () => {
        const failure = await failureOf(makeFormat().load(openSource(fileWith(content)), {}))
        expect(failure === undefined || isOneOf(failure, 'FormatError', 'UnsupportedError')).toBe(true)
        expect(failure === undefined || (failure as GreenbenchError).hint).not.toBe(undefined)
      })
    })

    test('whatever the bytes, it is asked without an error', async () => {
      for (let round = 0; round < 100; round += 1) {
        const content = noise(1 + Math.floor(random() * 600))
        expect(['possible', 'no']).toContain(await makeFormat().matches(openSource(fileWith(content))))
      }
    })

    test('an empty directory is asked about without an error', async () => {
      expect(['possible', 'no']).toContain(await makeFormat().matches(openSource(temporaryFolder())))
    })

    test.each(fixtures.broken.map((file) => [file.name, file] as const))('%s has its code', async (_, file) => {
      const failure = await failureOf(makeFormat().load(openSource(fileWith(file.content)), {}))
      expect(failure).toBeInstanceOf(Error)
      expect(failure).toMatchObject({ code: file.code, hint: expect.any(String) })
    })

    describe.each(fixtures.good)('%s', (path) => {
      test('is recognised', async () => {
        expect(await makeFormat().matches(openSource(path))).not.toBe('no')
      })

      test('gives a whole model', async () => {
        const format = makeFormat()
        expect(await factory().open(path)).toMatchObject({
          name: expect.stringMatching(/./),
          format: format.name,
          path: openSource(path).path,
          bytes: expect.any(Number),
          inputs: expect.any(Array),
          outputs: expect.any(Array),
        })
      })

      test('has a graph or counts for itself', async () => {
        const model = await factory().open(path)
        expect(model.graph ?? model.countParameters).toBeDefined()
      })

      test('counts the same each time', async () => {
        const countsOf = async () => (await inspectModel({ model: await factory().open(path) })).counts
        const counts = await countsOf()
        expect(await countsOf()).toEqual(counts)
        expect(counts?.parameters.total).toBeGreaterThanOrEqual(0)
      })

      test('has a digest of 64 hex digits, the same each time', async () => {
        const model = await factory().open(path)
        const digest = await model.sha256()
        expect(digest).toMatch(/^[0-9a-f]{64}$/)
        expect(await model.sha256()).toBe(digest)
      })

      test('stops when it is told to', async () => {
        const signal = AbortSignal.abort()
        await expect(factory().open(path, { signal })).rejects.toBeInstanceOf(InterruptedError)
        await expect((await factory().open(path)).sha256(signal)).rejects.toMatchObject({ code: 'E_INTERRUPTED' })
      })

      test.runIf(process.platform === 'linux')('leaves no file open', async () => {
        const use = async () => {
          const model = await factory().open(path)
          await model.sha256()
          if (model.graph !== undefined) writeOnnx(model.graph)
        }
        await use()
        const before = openFiles()
        for (let round = 0; round < 20; round += 1) await use()
        expect(openFiles()).toBeLessThanOrEqual(before + 2)
      })
    })
  })
}

async function failureOf(loading: Promise<unknown>): Promise<unknown> {
  try {
    await loading
    return undefined
  } catch (error) {
    return error
  }
}

/** By name: a plugin throws the classes of the package that is installed beside it. */
const isOneOf = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name) && 'code' in error && /^E_[A-Z0-9_]+$/.test(String(error.code))

const openFiles = (): number => readdirSync('/proc/self/fd').length
