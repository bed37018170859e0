// English, for those who read it: the catalogues, and how a sentence of the server, the school or finance finds its
// English. The school's own names go before the usual ones; a sentence with values inside is found by its pattern.
import { shallowRef } from 'vue'
import type { LanguageData } from 'vue3-gettext'
import { englishDay } from '../dates'
import names from './english/names.json'
import server from './english/server.json'
import shared from './english/shared.json'
import { patternOf, type Pattern } from './patterns'
import type { English } from './words'

export type Catalogue = Record<string, string | string[]>

const usual: Catalogue = { ...names, ...server }
const day = /^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?$/

/** The English of one entry, with its own sentences. */
export function english(own: Catalogue): English {
  const sentences: Catalogue = { ...names, ...server, ...shared, ...own }
  const school = shallowRef<Record<string, string>>({})
  // The more of a sentence is fixed, the surer it is meant. Pages keep sentences with values too, but only those that
  // are more than a sign between two values can be known again.
  const patterns = Object.keys(sentences)
    .filter((sentence) => sentence in usual || /\p{Script=Han}.*\p{Script=Han}/u.test(sentence))
    .flatMap((sentence) => patternOf(sentence) ?? [])
    .sort((a, b) => b.fixed - a.fixed)

  function byPattern(sentence: string): string | undefined {
    for (const pattern of patterns) {
      const values = pattern.valuesOf(sentence)
      if (values) return filled(pattern, values)
    }
    return undefined
  }

  function filled(pattern: Pattern, values: Record<string, string>): string {
    const found = sentences[pattern.sentence]!
    const one = values['n'] === '1'
    const text = typeof found === 'string' ? found : (found[one ? 0 : 1] ?? '')
    return text.replace(/%\{(\w+)\}/g, (_hole, name: string) => said(values[name] ?? ''))
  }

  function said(sentence: string): string {
    const exact = school.value[sentence] ?? sentences[sentence]
    if (typeof exact === 'string') return exact
    if (day.test(sentence)) return englishDay(sentence)
    return byPattern(sentence) ?? sentence
  }

  const take = (own: Record<string, string>) => void (school.value = own)
  return { sentences: sentences satisfies LanguageData, said, take }
}
