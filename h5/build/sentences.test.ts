// @vitest-environment node
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'
import { sentencesOf } from './sentences.mjs'

const eslint = new ESLint()
async function refused(code: string, filePath = 'student/pages/Sample.vue'): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath })
  return result!.messages.filter((one) => one.ruleId === 'words/said').length
}
const page = (template: string, script = '') =>
  `<script setup lang="ts">\n${script}\n</script>\n\n<template>\n${template}\n</template>\n`

describe('Chinese that no other language can be found for is refused', () => {
  it.each([
    ['in text', '<p>学费</p>'],
    ['in an attribute', '<p title="学费" />'],
    ['in an expression', "<p>{{ x ? '学费' : y }}</p>"],
    ['in an attribute with an expression', '<p :title="`${x}元`" />'],
    ['in a comparison inside', "<p>{{ t(x === '学费' ? 'a' : 'b') }}</p>"],
  ])('%s', async (_, template) => expect(await refused(page(template))).toBe(1))

  it.each([
    ['a literal', "const a = '学费'"],
    ['a template', 'const a = `${b} 元`'],
    ['what is put in', "const a = t('a %{b}', { b: '学费' })"],
    ['a sentence from elsewhere', 'const a = t(b)'],
    ['a sentence with values pasted in', 'const a = t(`共 ${b} 项`)'],
  ])('%s in a script', async (_, code) =>
    expect(await refused(code, 'shared/sample.ts')).toBeGreaterThan(0),
  )
})

it('accepts what is said, comments, and what is marked as Chinese', async () => {
  const template =
    "<p lang=\"zh-CN\">学费</p><!-- 学费 --><p :title=\"t('学费')\">{{ t(x ? '是' : '否') }}</p>"
  expect(await refused(page(template, "// 学费\nconst a = mark('学费')\nsaid(a)"))).toBe(0)
  expect(await refused("expect('学费')", 'shared/sample.test.ts')).toBe(0)
})

it('lists what is said, in scripts and templates', () => {
  const source = page("<p :title=\"tn('%{n} 项', x)\">{{ t(a ? '是' : '否') }}</p>", "mark('学费')")
  expect([...sentencesOf(source, 'student/Sample.vue')].sort()).toEqual(
    ['%{n} 项', '否', '学费', '是'].sort(),
  )
})
