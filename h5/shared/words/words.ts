// What the pages say. Sentences stand in the code in Chinese, whole, with the values in them; English is looked up by
// them in catalogues that only its readers fetch. What is kept (in a ref, in the tab) is kept in Chinese and said where
// it is shown: then it changes with the language.
import { createGettext, type LanguageData } from 'vue3-gettext'

/** What stands in the place of %{name}. */
export type Values = Record<string, string | number>
export type Language = 'zh' | 'en'

/** English, as it is fetched. */
export interface English {
  sentences: LanguageData
  /** English of a sentence that came from elsewhere; the sentence itself where there is none. */
  said(sentence: string): string
  /** What the school calls its own things, by their Chinese names. */
  take(names: Record<string, string>): void
}

const words = createGettext({
  availableLanguages: { zh: 'Chinese', en: 'English' },
  defaultLanguage: 'zh',
  mutedLanguages: ['zh'],
  translations: { zh: {} },
  setGlobalProperties: false,
})
let english: English | undefined

/** The sentence in the reader's language. Written whole, with the values in it, because other languages have another order. */
export const t = (sentence: string, values: Values = {}): string => words.$gettext(sentence, values)

/** Like `t`, for a sentence with a count, %{n}: English says one and many differently. */
export const tn = (sentence: string, count: number, values: Values = {}): string =>
  words.$ngettext(sentence, sentence, count, { n: count, ...values })

/** A sentence that is only named here, in Chinese with its values, and said later, by `said`. */
export const mark = (sentence: string, values: Values = {}): string =>
  sentence.replace(/%\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))

/**
 * A sentence that came from elsewhere: the server's, the school's, or one that was marked. What has no English, or is
 * English already, is said as it is.
 */
export const said = (sentence: string): string =>
  words.current === 'en' && english ? english.said(sentence) : sentence

/** "学费、住宿费" */
export const list = (sentences: readonly string[]): string => sentences.map(said).join(t('、'))

export const language = (): Language => (words.current === 'en' ? 'en' : 'zh')

/** From now on, and everywhere at once. `fetched` is needed for English. */
export function sayIn(next: Language, fetched = english): void {
  if (fetched && fetched !== english) {
    english = fetched
    words.translations = { zh: {}, en: fetched.sentences }
  }
  words.current = next
  document.documentElement.lang = next === 'en' ? 'en' : 'zh-CN'
}
