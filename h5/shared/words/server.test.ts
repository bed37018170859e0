// @vitest-environment node
// Whatever the server can say to a student's page has English: the sources that answer those pages are read, and every
// Chinese sentence in them is looked for.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { sentencesInCpp } from '../../build/cpp_sentences.mjs'
import names from './english/names.json'
import server from './english/server.json'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

// The answers to students' pages begin here; what these include, with what stands behind it, speaks to them.
const pages = ['account', 'bill', 'choice', 'family', 'order', 'receipt', 'session']
const beginnings = [
  ...pages.map((page) => `server/routes/${page}_routes.cpp`),
  'server/base/error.cpp',
  'server/http/error_reply.cpp',
  // Reasons that are kept and read later.
  'db/sign_ups.cpp',
  'server/rules/refund_rules.cpp',
]
// They are included, but what they say goes elsewhere.
const elsewhere = [
  /^wechat\//, // WeChat's own errors, into the log
  /^server\/paper\//, // drawn on paper, in Chinese
  /^server\/flows\/receipts\.cpp$/, // what stands on the paper
  /^server\/rules\/capitals\.cpp$/, // sums in words, as on a cheque
  /^server\/rules\/refund_state\.cpp$/, // finance's words for a refund
  /^server\/base\/(beijing|conf)\./, // instants in a chat; what a school is called by default
]
// Sentences beside others that do go to students.
const toOthers: Record<string, RegExp> = {
  // What is wrong with a form in a file of items, and the page without scripts.
  'server/rules/choice_form.cpp':
    /”的选项|应有|不能有选项|表单|类型应为|出现了两次|^(文本|单选|手机号|数字|日期|证件号码)$/,
  'server/http/error_reply.cpp':
    /。<\/p>|<small>|^(没有找到页面|不能访问|操作太频繁|系统出现异常|系统繁忙|请求未能完成|系统暂时不可用)$/,
}

function reachedFrom(begin: readonly string[]): string[] {
  const seen = new Set<string>()
  const todo = [...begin]
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (seen.has(file) || !existsSync(join(root, file))) continue
    seen.add(file)
    for (const [, included = ''] of read(file).matchAll(/#include "([^"]+)"/g)) {
      todo.push(included, included.replace(/\.hpp$/, '.cpp'))
    }
  }
  return [...seen].sort()
}

const reached = reachedFrom(beginnings)
const sources = reached.filter((file) => !elsewhere.some((one) => one.test(file)))

// One table has the sentence of every refusal; what is thrown at the console alone speaks to nobody here.
const table = 'server/base/error.cpp'
const thrown = new Set(
  reached
    .filter((file) => !file.startsWith('server/base/error.'))
    .flatMap((file) => [...read(file).matchAll(/\berrc::(\w+)/g)].map(([, name]) => name)),
)
const textOf = (file: string) =>
  file === table
    ? read(file)
        .split(/(?=error_face\{)/)
        .filter((face) => thrown.has(/errc::(\w+)/.exec(face)?.[1] ?? ''))
        .join('')
    : read(file)

const spoken = sources.flatMap((file) =>
  [...sentencesInCpp(textOf(file))].filter((one) => !toOthers[file]?.test(one)),
)
const nameless = (sentence: string) => sentence.replace(/%\{\w+\}/g, '%{}')
const known = new Set(Object.keys({ ...names, ...server }).map(nameless))

it('finds the sources that speak to students', () => {
  expect(sources).toContain('server/flows/sign_in.cpp')
  expect(sources).toContain('server/rules/choice_rules.cpp')
  expect(sources).not.toContain('server/flows/import_items.cpp')
  expect(spoken.length).toBeGreaterThan(100)
})

it('has English for all that the server says', () => {
  expect(spoken.filter((sentence) => !known.has(sentence))).toEqual([])
})

it('has no English for what the server does not say', () => {
  const said = new Set(spoken)
  expect(Object.keys(server).filter((sentence) => !said.has(nameless(sentence)))).toEqual([])
})

it('reads sentences out of C++', () => {
  const source = `
    // "不是"
    const auto a = day_text(*bill.open_from) + " 起缴纳";
    return "其中 " + base::yuan(covered - 1) + " 元由"
           "贷款支付，至 " + one->until;
    sentence = x ? "是" : "“" + field.label + "”" + flaw;
    "VALUES (?, '订单已关闭', ?)";`
  expect([...sentencesInCpp(source)]).toEqual([
    '%{} 起缴纳',
    '其中 %{} 元由贷款支付，至 %{}',
    '是',
    '“%{}”%{}',
    '订单已关闭',
  ])
})
