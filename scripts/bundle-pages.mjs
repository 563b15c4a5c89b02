// The scripts that pages of a site bring with them: each one file without imports, since pages on a disk can load no modules.
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

for (const name of ['theme', 'table']) {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(`../web/${name}.ts`, import.meta.url)),
    platform: 'browser',
  })
  const file = fileURLToPath(new URL(`../dist/web/${name}.js`, import.meta.url))
  await bundle.write({ file, format: 'iife', minify: true })
  await bundle.close()
}
