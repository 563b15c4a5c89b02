/** Listing a folder of images: order, classes, what is left out, and what each wrong path is told. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileSystemError } from '../../src/images/file-error.js'
import { listImages } from '../../src/images/list-images.js'
import { describeWithSharedData, sharedPath } from '../helpers/shared-data.js'

const JPEG = Buffer.from('ffd8ffe000104a464946', 'hex')
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'greenbench-list-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function put(name: string, bytes: Uint8Array | string = JPEG): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true })
  await writeFile(join(root, name), bytes)
}

const names = async (options = {}) => (await listImages(root, options)).map(({ name }) => name)

describe('a folder', () => {
  test('is listed in code-unit order with the first sub-folder as the class', async () => {
    for (const name of ['dog/b.png', 'dog/B.png', 'cat/deep/er/a.jpg', 'top.gif']) await put(name)
    const files = await listImages(root)
    expect(files.map(({ name, label }) => [name, label])).toEqual([
      ['cat/deep/er/a.jpg', 'cat'],
      ['dog/B.png', 'dog'],
      ['dog/b.png', 'dog'],
      ['top.gif', undefined],
    ])
    expect(files[3]?.path).toMatch(/^\/.*\/top\.gif$/)
  })

  test('gives images without an ending by their content, and leaves other and hidden files out', async () => {
    await put('photo')
    await put('photo.dat')
    await put('empty.jpg', '')
    await put('notes.md', 'JPEG')
    await put('Thumbs.db', 'no image')
    await put('.hidden.jpg')
    await put('.cache/x.jpg')
    expect(await names()).toEqual(['empty.jpg', 'photo', 'photo.dat'])
  })

  test('gives kinds that cannot be decoded too, so that they are named when they are skipped', async () => {
    for (const name of ['a.heic', 'b.BMP', 'c.jp2', 'd.svg']) await put(name, 'x')
    expect(await names()).toEqual(['a.heic', 'b.BMP', 'c.jp2', 'd.svg'])
  })

  test('with a limit draws on each class in turn', async () => {
    for (const label of ['a', 'b', 'c']) for (let i = 0; i < 10; i++) await put(`${label}/${i}.jpg`)
    await put('d/0.jpg')
    expect(await names({ limit: 7 })).toEqual([
      'a/0.jpg',
      'a/1.jpg',
      'b/0.jpg',
      'b/1.jpg',
      'c/0.jpg',
      'c/1.jpg',
      'd/0.jpg',
    ])
    expect(await names({ limit: 100 })).toHaveLength(31)
  })

  test('with a limit gives the first names however many there are', async () => {
    for (let i = 99; i >= 0; i--) await put(`${String(i).padStart(3, '0')}.jpg`)
    expect(await names({ limit: 3 })).toEqual(['000.jpg', '001.jpg', '002.jpg'])
  })

  test('is not left through links, and links to folders are not followed', async () => {
    await put('in/a.jpg')
    await symlink(join(root, 'in/a.jpg'), join(root, 'in/b.jpg'))
    await symlink(root, join(root, 'in/round'))
    await symlink(sharedPath(), join(root, 'out'))
    await symlink('/etc/passwd', join(root, 'passwd.jpg'))
    await symlink(join(root, 'gone.jpg'), join(root, 'dangling.jpg'))
    const ignored = new Map<string, string>()
    expect(await names({ onIgnored: (name: string, reason: string) => ignored.set(name, reason) })).toEqual([
      'in/a.jpg',
      'in/b.jpg',
    ])
    expect(ignored.get('in/round')).toBe('is a link to a folder')
    expect(ignored.get('passwd.jpg')).toBe('is a link that leads out of the folder')
    expect(ignored.get('dangling.jpg')).toMatch(/leads nowhere/)
  })

  test('with a pipe in it does not hang', async () => {
    await put('a.jpg')
    execFileSync('mkfifo', [join(root, 'pipe.jpg'), join(root, 'pipe')])
    expect(await names()).toEqual(['a.jpg'])
  })

  test('without images is refused, with a way out', async () => {
    await put('readme.txt', 'x')
    await symlink('/etc/passwd', join(root, 'x.jpg'))
    await expect(listImages(root)).rejects.toMatchObject({
      code: 'E_NO_IMAGES',
      message: expect.stringMatching(/1 entries left out, e\.g\. x\.jpg is a link that leads out/),
      hint: expect.stringMatching(/--synthetic/),
    })
  })

  test('stops when asked to', async () => {
    await put('a.jpg')
    await expect(listImages(root, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'E_INTERRUPTED' })
  })

  test('that may not be read is named with what to do', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    expect(fileSystemError('/photos', denied)).toMatchObject({
      code: 'E_PERMISSION',
      message: '/photos may not be read (EACCES)',
      hint: expect.stringMatching(/change its rights/),
    })
  })
})

describe('a path', () => {
  test('of one image gives that image without a class', async () => {
    await put('one.jpg')
    expect(await listImages(join(root, 'one.jpg'))).toEqual([
      { path: join(root, 'one.jpg'), name: 'one.jpg', label: undefined },
    ])
  })

  test.each([
    ['gone', 'E_NO_SUCH_PATH'],
    ['model.onnx', 'E_NOT_AN_IMAGE'],
    ['model.onnx/below', 'E_NO_SUCH_PATH'],
    ['x'.repeat(300), 'E_NO_SUCH_PATH'],
  ])('%s is refused with %s', async (name, code) => {
    await put('model.onnx', 'onnx')
    await expect(listImages(join(root, name))).rejects.toMatchObject({ code, hint: expect.any(String) })
  })

  test('that is a device is refused', async () => {
    await expect(listImages('/dev/null')).rejects.toMatchObject({ code: 'E_NOT_AN_IMAGE' })
  })

  test('with a limit that is no count is refused', async () => {
    await expect(listImages(root, { limit: -1 })).rejects.toMatchObject({ code: 'E_LIMIT' })
  })
})

describeWithSharedData('real folders', () => {
  test('of ten classes with ten images each are listed with their labels', async () => {
    const files = await listImages(sharedPath('images/cifar10'))
    expect(files).toHaveLength(100)
    expect(new Set(files.map(({ label }) => label)).size).toBe(10)
    expect(files[0]).toMatchObject({ name: 'airplane/0000.jpg', label: 'airplane' })
  })
})
