// The Chinese sentences of C++ sources, with %{} where something is put in between: "还有 " + n + " 项" is "还有 %{} 项".

const chinese = /[\p{Script=Han}“”]/u
const tokens =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"\(([\s\S]*?)\)"|"((?:\\.|[^"\\\n])*)"|'(?:\\\w+|\\.|[^'\\\n])'|::|->|\+=|[\w]+|[^\s\w]/g

/** @typedef {{ text?: string, code: string }} Token */

/** @param {string} source @returns {Token[]} */
function tokensOf(source) {
  /** @type {Token[]} */
  const all = []
  for (const [code, raw, text] of source.matchAll(tokens)) {
    if (/^(\/\/|\/\*)/.test(code)) continue
    const said = raw ?? text?.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign))
    const last = all[all.length - 1]
    // Literals side by side are one.
    if (said !== undefined && last?.text !== undefined) last.text += said
    else all.push(said === undefined ? { code } : { code, text: said })
  }
  return all
}

const opening = /^[([{]$/
const closing = /^[)\]}]$/

/** Where an operand that begins (or ends) at this token is over: a name, members of it, calls. @param {Token[]} all @param {number} at @param {1 | -1} step */
function endOfOperand(all, at, step) {
  const inward = step === 1 ? opening : closing
  const outward = step === 1 ? closing : opening
  let depth = 0
  for (; at >= 0 && at < all.length; at += step) {
    const { code, text } = /** @type {Token} */ (all[at])
    if (inward.test(code)) depth++
    else if (outward.test(code)) {
      if (--depth < 0) return at
    } else if (depth === 0) {
      const part = text === undefined && /^(\w+|::|->|\.|\*)$/.test(code)
      if (!part || /^(return|co_return|case)$/.test(code)) return at
    }
  }
  return at
}

/** @param {Token[]} all @param {number} at a literal; the whole sum that it stands in @returns {string} */
function sumAround(all, at) {
  let sentence = all[at]?.text ?? ''
  for (let end = at + 1; all[end]?.code === '+'; ) {
    const next = all[end + 1]
    if (next?.text !== undefined) {
      sentence += next.text
      end += 2
    } else {
      sentence += '%{}'
      end = endOfOperand(all, end + 1, 1)
    }
  }
  for (let start = at - 1; all[start]?.code === '+'; ) {
    const before = all[start - 1]
    if (before?.text !== undefined) {
      sentence = before.text + sentence
      start -= 2
    } else {
      sentence = `%{}${sentence}`
      start = endOfOperand(all, start - 1, -1)
    }
  }
  return sentence
}

/** @param {string} source */
export function sentencesInCpp(source) {
  const all = tokensOf(source)
  /** @type {Set<string>} */
  const found = new Set()
  all.forEach(({ text }, at) => {
    if (text === undefined || !chinese.test(text)) return
    // A statement of SQL may carry one.
    const inSql = /^\s*(?:INSERT|VALUES|UPDATE|SELECT)[\s\S]*?'([^']*\p{Script=Han}[^']*)'/u.exec(
      text,
    )
    found.add(inSql?.[1] ?? sumAround(all, at))
  })
  return found
}
