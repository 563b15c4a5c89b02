import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileNamesOf } from '../../src/results/pages/file-name.js'
import { fillSite, SiteFolder } from '../../src/results/site/site-folder.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

const MARKER = '.greenbench-site.json'

/** Writes a site of these files. */
async function writeSite(path: string, names: readonly string[]): Promise<void> {
  const folder = await SiteFolder.open(path)
  for (const name of names) await folder.write(name, name)
  await folder.finish()
}

test('a site goes into a new folder, with a marker that names its files', async () => {
  const path = join(temporaryFolder(), 'new', 'site')
  await writeSite(path, ['index.html', 'runs/a.html'])
  expect(readFileSync(join(path, 'runs/a.html'), 'utf8')).toBe('runs/a.html')
  expect(JSON.parse(readFileSync(join(path, MARKER), 'utf8')).files).toEqual(['index.html', 'runs/a.html'])
})

test('a folder with other files in it is refused, and stays as it was', async () => {
  const path = temporaryFolder()
  writeFileSync(join(path, 'thesis.tex'), 'years of work')
  await expect(SiteFolder.open(path)).rejects.toThrow(/holds other files \(thesis.tex\)/)
  expect(readdirSync(path)).toEqual(['thesis.tex'])
})

test('a later site takes away what the earlier one wrote and nothing else', async () => {
  const path = join(temporaryFolder(), 'site')
  await writeSite(path, ['index.html', 'runs/old.html'])
  writeFileSync(join(path, 'CNAME'), 'greenbench.example')
  await writeSite(path, ['index.html', 'runs/new.html'])
  expect(readdirSync(path).sort()).toEqual([MARKER, 'CNAME', 'index.html', 'runs'])
  expect(readdirSync(join(path, 'runs'))).toEqual(['new.html'])
})

test('what a killed writing left is cleared away', async () => {
  const path = join(temporaryFolder(), 'site')
  await writeSite(path, ['index.html'])
  mkdirSync(join(path, '.0d5b4b2e-7a34-4ef1-8ad1-5a3a6a1b9d0f.part', 'runs'), { recursive: true })
  writeFileSync(join(path, '.1d5b4b2e-7a34-4ef1-8ad1-5a3a6a1b9d0f.part'), 'half a p')
  await writeSite(path, ['index.html'])
  expect(readdirSync(path).sort()).toEqual([MARKER, 'index.html'])
})

test('until it is finished an earlier site stays as it was', async () => {
  const path = join(temporaryFolder(), 'site')
  await writeSite(path, ['index.html', 'runs/old.html'])
  const folder = await SiteFolder.open(path)
  await folder.write('index.html', 'new')
  await folder.write('models/new.html', 'new')
  expect(readFileSync(join(path, 'index.html'), 'utf8')).toBe('index.html')
  await folder.discard()
  expect(readdirSync(path).sort()).toEqual([MARKER, 'index.html', 'runs'])
  expect(JSON.parse(readFileSync(join(path, MARKER), 'utf8')).files).toEqual(['index.html', 'runs/old.html'])
})

test('of a new folder that fails to be filled nothing is left', async () => {
  const top = temporaryFolder()
  const failure = fillSite(join(top, 'site'), async (folder) => {
    await folder.write('index.html', '')
    throw new Error('stopped')
  })
  await expect(failure).rejects.toThrow('stopped')
  expect(readdirSync(top)).toEqual([])
})

test('of several that write one folder at once each has it alone, and the last one stays', async () => {
  const path = join(temporaryFolder(), 'new', 'site')
  let inside = 0
  const write = (name: string) =>
    fillSite(path, async (folder) => {
      expect(++inside).toBe(1)
      for (const page of ['index.html', `runs/${name}.html`]) await folder.write(page, name)
      await new Promise((resolve) => setImmediate(resolve))
      inside -= 1
      return name
    })
  const names = ['a', 'b', 'c', 'd']
  expect(await Promise.all(names.map(write))).toEqual(names)
  const last = readFileSync(join(path, 'index.html'), 'utf8')
  expect(readdirSync(path).sort()).toEqual([MARKER, 'index.html', 'runs'])
  expect(readdirSync(join(path, 'runs'))).toEqual([`${last}.html`])
})

test('a folder that somebody waits for is not taken away by one who fails', async () => {
  const path = join(temporaryFolder(), 'site')
  const failure = fillSite(path, async () => {
    throw new Error('stopped')
  })
  const success = fillSite(path, (folder) => folder.write('index.html', 'whole'))
  await expect(failure).rejects.toThrow('stopped')
  await success
  expect(readFileSync(join(path, 'index.html'), 'utf8')).toBe('whole')
})

test('nothing is left in a folder of somebody else, not even for a moment', async () => {
  const path = temporaryFolder()
  writeFileSync(join(path, 'thesis.tex'), 'years of work')
  chmodSync(path, 0o555)
  await expect(fillSite(path, async () => 1)).rejects.toThrow(/holds other files \(thesis.tex\)/)
  chmodSync(path, 0o755)
  expect(readdirSync(path)).toEqual(['thesis.tex'])
})

test('a marker cannot have files outside the folder taken away', async () => {
  const top = temporaryFolder()
  const path = join(top, 'site')
  mkdirSync(path)
  writeFileSync(join(top, 'precious.html'), '')
  symlinkSync(top, join(path, 'linked'))
  const files = ['../precious.html', 'linked/precious.html', '/etc/hostname']
  writeFileSync(join(path, MARKER), JSON.stringify({ greenbench: 'site', files }))
  await writeSite(path, ['index.html'])
  expect(existsSync(join(top, 'precious.html'))).toBe(true)
})

test('nothing is written through a link in the place of a folder', async () => {
  const [top, elsewhere] = [temporaryFolder(), temporaryFolder()]
  const folder = await SiteFolder.open(join(top, 'site'))
  symlinkSync(elsewhere, join(top, 'site', 'runs'))
  await folder.write('runs/a.html', '')
  await expect(folder.finish()).rejects.toThrow(/it is no folder/)
  expect(readdirSync(elsewhere)).toEqual([])
})

test.each(['../a.html', 'a/../../b.html', '/a.html', 'A.html', '.hidden', 'a/b/c.html', ''])(
  '%j is no name of a file',
  async (name) => {
    const folder = await SiteFolder.open(join(temporaryFolder(), 'site'))
    await expect(folder.write(name, '')).rejects.toMatchObject({ code: 'E_OUTPUT' })
  },
)

test('names of pages are plain, and no two alike', () => {
  const names = fileNamesOf(['ResNet 18', 'resnet-18', '../..', '', 'x'.repeat(500), '模型', 'ResNet 18'])
  expect([...names.values()]).toEqual(['resnet-18', 'resnet-18-2', 'unnamed', 'unnamed-2', 'x'.repeat(60), 'unnamed-3'])
})
