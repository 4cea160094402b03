import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // As a user of the package imports it.
  resolve: { alias: { 'ksc-lab/vitest': here('./lab/vitest.ts'), 'ksc-lab': here('./lab/index.ts') } },
  test: {
    include: ['test/**/*.test.ts'],
    // Most of them wait for a network, and those in containers for the engine.
    maxWorkers: 2,
    // What they wait for comes, on a busy machine later.
    expect: { poll: { timeout: 10_000 } },
    // Handshakes of a whole lab on two busy cores.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
