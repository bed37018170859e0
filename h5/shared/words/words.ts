// What the pages say. Sentences stand in the code in Chinese; another language is looked up by them.

/** What stands in the place of %{name}. */
export type Values = Record<string, string | number>

/** The sentence in the reader's language. Written whole, with the values in it, because other languages have another order. */
export const t = (sentence: string, values: Values = {}): string => filled(sentence, values)

/** Like `t`, for a sentence with a count: other languages say one and many differently. */
export const tn = (sentence: string, count: number, values: Values = {}): string =>
  filled(sentence, { n: count, ...values })

/** A sentence that is only named here and said later, by `said`. */
export const mark = (sentence: string): string => sentence

/** A sentence that came from elsewhere: the server's, the school's, or one that was marked. */
export const said = (sentence: string): string => sentence

const filled = (sentence: string, values: Values) =>
  sentence.replace(/%\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
