// @vitest-environment node
// Every sentence of the pages has English, with the same values inside; none is left over; none stands twice.
import { expect, it } from 'vitest'
import { sentencesByPlace } from '../../build/sort_english.mjs'
import desk from '../../portal/english.json'
import phone from '../../student/english.json'
import type { Catalogue } from './english'
import names from './english/names.json'
import server from './english/server.json'
import shared from './english/shared.json'

const places = sentencesByPlace()
const elsewhere: Catalogue = { ...names, ...server }
const missing = (sentences: Iterable<string>, catalogue: Catalogue) =>
  [...sentences].filter((one) => !(one in catalogue) && !(one in elsewhere))
const leftOver = (catalogue: Catalogue, sentences: Iterable<string>) => {
  const wanted = new Set(sentences)
  return Object.keys(catalogue).filter((one) => !wanted.has(one) || one in elsewhere)
}

it.each<[string, Catalogue, string[]]>([
  ['shared', shared, places['shared/words/english/shared.json']],
  ['student', phone, places['student/english.json']],
  ['portal', desk, places['portal/english.json']],
])('has English for %s, and no more', (_, catalogue, sentences) => {
  expect(missing(sentences, catalogue)).toEqual([])
  expect(leftOver(catalogue, sentences)).toEqual([])
})

const holes = (text: string) => [...new Set(text.match(/%\{\w+\}/g))].sort()

const all: Catalogue[] = [shared, phone, desk, server, names]

it.each(all.flatMap((one) => Object.entries(one)))(
  'keeps the values of %j',
  (sentence, english) => {
    const many = typeof english === 'string' ? english : english[1]
    expect(holes(many ?? '')).toEqual(holes(sentence))
    if (typeof english === 'string') return
    // One and many; where there is one, its number may be left away.
    expect(english).toHaveLength(2)
    expect(holes(sentence)).toContain('%{n}')
    expect(holes(english[0]!).filter((hole) => hole !== '%{n}')).toEqual(
      holes(sentence).filter((hole) => hole !== '%{n}'),
    )
  },
)

it('says no Chinese in English', () => {
  const texts = all.flatMap((one) => Object.values(one).flat())
  expect(texts.filter((text) => /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/.test(text))).toEqual([])
})
