import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/build-once.ts'],
    // Far beyond what anything takes: a machine that is busy with something else must fail no test.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    // Tests that use onnxruntime-node as an oracle load it past greenbench, which sets this itself.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
})
