import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { convertModel } from '../../benchmarks/conversion.js'
import { ModelFactory } from '../../formats/factory.js'
import { writeOnnxFile } from '../../src/graph/onnx-writer.js'
import { writeParts } from '../../src/graph/write-parts.js'
import { namedPipe } from '../helpers/named-pipe.js'
import { EXAMPLE_MODEL } from '../helpers/run-cli.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)]
let folder = ''
beforeEach(() => {
  folder = temporaryFolder()
})

/** A link in one folder to a file in another. */
async function linked(): Promise<{ readonly link: string; readonly real: string }> {
  await mkdir(join(folder, 'far'))
  const [link, real] = [join(folder, 'link.onnx'), join(folder, 'far', 'real.onnx')]
  await writeFile(real, 'old')
  await symlink(real, link)
  return { link, real }
}

describe('what is written piece by piece', () => {
  test('goes through a pipe, which stays one', async () => {
    const pipe = namedPipe(join(folder, 'pipe'))
    await writeParts(pipe.path, parts, { isDurable: true })
    expect([...(await pipe.written())]).toEqual([1, 2, 3])
    expect((await stat(pipe.path)).isFIFO()).toBe(true)
    expect(await readdir(folder)).toEqual(['pipe'])
  })

  test('goes to the file behind a link, which stays one, and keeps its mode', async () => {
    const { link, real } = await linked()
    await chmod(real, 0o600)
    await writeParts(link, parts)
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect([...(await readFile(real))]).toEqual([1, 2, 3])
    expect((await stat(real)).mode & 0o777).toBe(0o600)
  })

  test('is refused where a folder stands', async () => {
    await expect(writeParts(folder, parts)).rejects.toMatchObject({ code: 'E_WRITE_FAILED' })
  })
})

describe('a model behind a link', () => {
  test('has its weights beside it', async () => {
    const { link, real } = await linked()
    const { graph } = await ModelFactory.withPredefinedFormats().open(EXAMPLE_MODEL)
    if (graph === undefined) throw new Error('the example has no graph')
    expect(await writeOnnxFile(graph, link, { externalData: true })).toEqual([link, `${real}.data`])
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    const again = await ModelFactory.withPredefinedFormats().open(real)
    expect(again.graph?.main.nodes.length).toBe(graph.main.nodes.length)
  })

  test('is converted into, and the link stays', async () => {
    const { link, real } = await linked()
    await convertModel({ model: EXAMPLE_MODEL, target: link, force: true, check: false })
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect((await stat(real)).size).toBeGreaterThan(1000)
  })
})

test('a conversion refuses to put its file where a pipe is', async () => {
  const pipe = namedPipe(join(folder, 'pipe.onnx'))
  const conversion = convertModel({ model: EXAMPLE_MODEL, target: pipe.path, force: true, check: false })
  await expect(conversion).rejects.toMatchObject({ code: 'E_TARGET' })
  expect((await stat(pipe.path)).isFIFO()).toBe(true)
  await writeFile(pipe.path, '')
})
