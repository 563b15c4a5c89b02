// After tsc: bundles the command line and what `greenbench inspect` needs into a few files below dist/start, because
// loading 120 small modules and four CommonJS packages takes three times as long as what they then do. What plugins and
// threads must find only once stays outside: the classes of errors, timed runs and the loading of plugins.
import { writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { licencesOf } from './licences.mjs'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const start = join(dist, 'start')
const OUTSIDE = [
  'src/core/errors.js',
  'src/cli/measure-command.js',
  'src/cli/convert-command.js',
  'src/cli/train-command.js',
  'src/cli/carbon-command.js',
  'src/cli/replay-command.js',
  'src/cli/report-command.js',
  'src/cli/compare-command.js',
  'src/cli/export-command.js',
  'src/cli/statement-command.js',
  'src/cli/detect-command.js',
  'src/cli/leaderboard-command.js',
  'src/cli/label-command.js',
  'benchmarks/plugins.js',
]

const leaveOutside = {
  name: 'leave-outside',
  resolveId(id, importer) {
    const path = OUTSIDE.find(
      (outside) => importer !== undefined && resolve(dirname(importer), id) === join(dist, outside),
    )
    return path === undefined ? null : { id: `../${path}`, external: true }
  },
}

const bundle = await rolldown({
  input: { main: join(dist, 'src/cli/main.js') },
  platform: 'node',
  // 4 MB of WebAssembly in text, which only HDF5 files need.
  external: ['h5wasm'],
  plugins: [leaveOutside],
})
const { output } = await bundle.write({ dir: start, format: 'esm', chunkFileNames: '[name].js', cleanDir: true })
await bundle.close()
writeFileSync(join(start, 'LICENSES.txt'), licencesOf(output))
