// After tsc: joins the parts of echarts that charts are made of into one file without the checks that help those who develop
// with it. Loading 600 modules takes five times as long, and drawing with the checks a fifth longer.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { licencesOf } from './licences.mjs'

const file = fileURLToPath(new URL('../dist/src/results/charts/echarts.js', import.meta.url))
const bundle = await rolldown({
  input: file,
  platform: 'node',
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
})
const { output } = await bundle.write({ file, format: 'esm', minify: true, comments: { legal: true } })
await bundle.close()
writeFileSync(new URL('LICENSES.txt', new URL('../dist/src/results/charts/', import.meta.url)), licencesOf(output))
