// Words that others wrote, on a page of any language: what stays Chinese on an English page says that it is, so that it
// is read aloud as Chinese and drawn as Chinese.
import { h, type FunctionalComponent, type VNode } from 'vue'
import { language, said } from './words'

// From the first Chinese letter to the last before Latin ones.
const chinese =
  /([\u3000-\u303f\u3400-\u9fff\uff00-\uffef](?:[^A-Za-z]*[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])?)/

export const isChinese = (text: string): boolean => chinese.test(text)

function inTheirLanguages(text: string): (string | VNode)[] {
  if (language() === 'zh') return [text]
  return text
    .split(chinese)
    .map((piece, at) => (at % 2 === 1 ? h('span', { lang: 'zh-CN' }, piece) : piece))
}

/** Said in the reader's language, as far as it has words for it. */
export const Said: FunctionalComponent<{ text: string }> = ({ text }) =>
  inTheirLanguages(said(text))
Said.props = ['text']

/** As it was written: the name of a person, or of who receives the money, which WeChat shows so. */
export const AsIs: FunctionalComponent<{ text: string }> = ({ text }) => inTheirLanguages(text)
AsIs.props = ['text']
