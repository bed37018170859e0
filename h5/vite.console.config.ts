import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The console, a build of its own. Every block is a script of its own, fetched when it is opened: whoever
// looks orders up does not wait for the bench of menus.
export default defineConfig({
  root: fileURLToPath(new URL('console', import.meta.url)),
  base: '/console/',
  publicDir: false,
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    outDir: fileURLToPath(new URL('dist/console', import.meta.url)),
    emptyOutDir: true,
    target: ['es2021', 'chrome96', 'firefox91', 'safari15'],
    minify: 'terser',
    terserOptions: { module: true, compress: { passes: 3 } },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: false,
    // vue3-gettext's own tools for catalogues, which no page runs.
    rollupOptions: { treeshake: { moduleSideEffects: (id) => !id.includes('/pofile/') } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
