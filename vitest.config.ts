import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/build-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Tests that use onnxruntime-node as an oracle load it past greenbench, which sets this itself.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
})
