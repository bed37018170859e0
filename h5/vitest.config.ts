import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'https://pay.example.edu.cn/h5/' } },
    include: [
      'build/**/*.test.ts',
      'shared/**/*.test.ts',
      'student/**/*.test.ts',
      'portal/**/*.test.ts',
      'console/**/*.test.ts',
    ],
    restoreMocks: true,
    unstubGlobals: true,
  },
})
