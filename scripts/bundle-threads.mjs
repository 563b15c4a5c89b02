// After tsc: bundles what the sampling thread runs into a few CommonJS files below dist/threads, so that it starts without
// the loader of ES modules. A profiler that names its `source` by `threadModule` is listed here.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const MODULES = [
  'sampler-worker',
  'amdgpu',
  'battery',
  'estimate',
  'hwmon',
  'intel-gpu',
  'jetson',
  'msr',
  'nvml',
  'perf',
  'power-gadget',
  'powermetrics',
  'rapl',
]

/** `evaluate` is never called on that thread. */
const leaveMeterOutside = {
  name: 'leave-meter-outside',
  resolveId: (id) => (id === './meter.js' ? { id: '../profilers/meter.js', external: true } : null),
}

const bundle = await rolldown({
  input: Object.fromEntries(MODULES.map((name) => [name, join(dist, 'profilers', `${name}.js`)])),
  platform: 'node',
  external: ['koffi'],
  plugins: [leaveMeterOutside],
})
await bundle.write({
  dir: join(dist, 'threads'),
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
  cleanDir: true,
})
await bundle.close()
