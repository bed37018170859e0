import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The student pages are a build of their own: one shared build would make every phone carry what the
// desk pages need. Everything is one script and one sheet, because all pages together are small.
export default defineConfig({
  root: fileURLToPath(new URL('student', import.meta.url)),
  base: '/h5/',
  publicDir: false,
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    outDir: fileURLToPath(new URL('dist/h5', import.meta.url)),
    emptyOutDir: true,
    target: ['es2020', 'chrome87', 'safari13.1'],
    minify: 'terser',
    terserOptions: { module: true, compress: { passes: 3 } },
    modulePreload: { polyfill: false },
    // Data addresses would be a second way to load pictures; there are none.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // vue3-gettext's own tools for catalogues, which no page runs.
    rollupOptions: { treeshake: { moduleSideEffects: (id) => !id.includes('/pofile/') } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/wechat': 'http://127.0.0.1:8080' } },
})
