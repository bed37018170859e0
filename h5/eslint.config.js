import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'
import { words } from './build/sentences.mjs'

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'shared/api/schema.d.ts'] },
  js.configs.recommended,
  ts.configs.recommended,
  vue.configs['flat/essential'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['**/*.{ts,vue,js,mjs}'],
    rules: {
      // TypeScript knows every global that exists.
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-restricted-globals': ['error', 'parseFloat'],
      // Markup from strings would be the way around the content security policy.
      'vue/no-v-html': 'error',
      'vue/no-static-inline-styles': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
    },
  },
  {
    // Whoever reads English has to find English for every sentence.
    files: ['{shared,student,portal}/**/*.{ts,vue}'],
    ignores: ['**/*.test.ts'],
    plugins: { words },
    rules: { 'words/said': 'error' },
  },
)
