// What the code says in Chinese: a rule that refuses words which no other language could be found for, and the list
// of all sentences, which the catalogues are held against.
import { Linter } from 'eslint'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const chinese = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/
const named = new Set(['t', 'tn', 'mark'])
const speakers = new Set([...named, 'said'])

/** @typedef {any} Node */

/** @param {Node} call */
const speaks = (call) =>
  call.type === 'CallExpression' &&
  call.callee.type === 'Identifier' &&
  speakers.has(call.callee.name)

/** What a sentence may be chosen from: "is" ? "one" : "other". @param {Node} node @returns {Node[]} */
function leaves(node) {
  switch (node.type) {
    case 'ConditionalExpression':
      return [...leaves(node.consequent), ...leaves(node.alternate)]
    case 'LogicalExpression':
      return [...leaves(node.left), ...leaves(node.right)]
    default:
      return [node]
  }
}

/** @param {Node} node @returns {string | undefined} */
function textOf(node) {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return node.quasis[0].value.cooked
  }
  return undefined
}

/** @param {Node} node */
function isSaid(node) {
  let top = node.type === 'TemplateElement' ? node.parent : node
  if (textOf(top) === undefined) return false
  while (/^(Conditional|Logical)Expression$/.test(top.parent?.type)) top = top.parent
  return speaks(top.parent) && top.parent.arguments[0] === top
}

/** Chinese on purpose, and marked as such for those who read English. @param {Node} node */
function staysChinese(node) {
  for (let at = node; at; at = at.parent) {
    const attributes = at.type === 'VElement' ? at.startTag.attributes : []
    /** @param {Node} one */
    const marks = (one) => one.key.name === 'lang' && one.value?.value === 'zh-CN'
    if (attributes.some(marks)) return true
  }
  return false
}

/** @param {Node} context @param {Node} inTemplate @param {Node} inScript */
const everywhere = (context, inTemplate, inScript) =>
  context.sourceCode.parserServices.defineTemplateBodyVisitor?.(inTemplate, inScript) ?? inScript

/** @type {import('eslint').Rule.RuleModule} */
const rule = {
  create(context) {
    /** @param {Node} node @param {string} text */
    const look = (node, text) => {
      if (!chinese.test(text) || isSaid(node) || staysChinese(node)) return
      context.report({ node, message: 'Say this through t, tn, mark or said.' })
    }
    /** @type {Record<string, (node: Node) => void>} */
    const code = {
      Literal: (node) => typeof node.value === 'string' && look(node, node.value),
      TemplateElement: (node) => look(node, node.value.cooked),
      CallExpression(node) {
        if (!speaks(node) || !named.has(node.callee.name)) return
        if (leaves(node.arguments[0]).every((leaf) => textOf(leaf) !== undefined)) return
        context.report({
          node,
          message: 'The sentence has to stand here; one from elsewhere is said by said.',
        })
      },
    }
    const template = {
      ...code,
      VText: (/** @type {Node} */ node) => look(node, node.value),
      VLiteral: (/** @type {Node} */ node) => look(node, node.value),
    }
    return everywhere(context, template, code)
  },
}

/** ESLint's plugin. */
export const words = { rules: { said: rule } }

/** Every sentence that a source names. @param {string} source @param {string} file */
export function sentencesOf(source, file) {
  /** @type {Set<string>} */
  const found = new Set()
  /** @type {import('eslint').Rule.RuleModule} */
  const collect = {
    create(context) {
      /** @type {Record<string, (node: Node) => void>} */
      const code = {
        CallExpression(node) {
          if (!speaks(node)) return
          for (const leaf of leaves(node.arguments[0])) {
            const text = textOf(leaf)
            if (text) found.add(text)
          }
        },
      }
      return everywhere(context, code, code)
    },
  }
  /** @type {any} */
  const parsing = file.endsWith('.vue')
    ? [...vue.configs['flat/base'], { languageOptions: { parserOptions: { parser: ts.parser } } }]
    : [{ languageOptions: { parser: ts.parser } }]
  const faults = new Linter().verify(
    source,
    [
      { files: ['**/*.{ts,vue}'] },
      ...parsing.map((/** @type {any} */ one) => ({ files: ['**/*.{ts,vue}'], ...one })),
      {
        files: ['**/*.{ts,vue}'],
        linterOptions: { reportUnusedDisableDirectives: 'off' },
        plugins: { collect: { rules: { collect } } },
        rules: { 'collect/collect': 'error' },
      },
    ],
    file,
  )
  const broken = faults.find((fault) => fault.fatal)
  if (broken) throw new Error(`${file}: ${broken.message}`)
  return found
}
