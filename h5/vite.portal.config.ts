import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The desk portal, a build of its own like the student pages: one script and one sheet.
export default defineConfig({
  root: fileURLToPath(new URL('portal', import.meta.url)),
  base: '/portal/',
  publicDir: false,
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    outDir: fileURLToPath(new URL('dist/portal', import.meta.url)),
    emptyOutDir: true,
    target: ['es2021', 'chrome96', 'firefox91', 'safari15'],
    minify: 'terser',
    terserOptions: { module: true, compress: { passes: 3 } },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // vue3-gettext's own tools for catalogues, which no page runs.
    rollupOptions: { treeshake: { moduleSideEffects: (id) => !id.includes('/pofile/') } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
