import { defineConfig } from 'vitest/config'

// Drives the built pages in Chromium against dev/mock.mjs; run `npm run build` first.
export default defineConfig({
  test: {
    include: ['dev/**/*.page.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
