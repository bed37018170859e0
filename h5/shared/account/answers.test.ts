import { expect, it } from 'vitest'
import { useAnswers } from './answers'

const questions = ['a', 'b', 'c', 'd'].map((question) => ({ question, text: question }))

it('offers different questions, those chosen before first', () => {
  const { rows, prepare } = useAnswers()
  prepare({ questions, needed: 3, chosen: ['c'] })
  expect(rows.map((row) => row.question)).toEqual(['c', 'a', 'b'])
})

it('wants every question once and every answer filled', () => {
  const { rows, prepare, check, given } = useAnswers()
  prepare({ questions, needed: 2, chosen: [] })
  expect(Object.keys(check())).toEqual(['answer_0', 'answer_1'])
  rows[0]!.answer = ' one '
  rows[1]!.answer = 'two'
  rows[1]!.question = 'a'
  expect(Object.keys(check())).toEqual(['question_1'])
  rows[1]!.question = 'b'
  expect(check()).toEqual({})
  expect(given()).toEqual([
    { question: 'a', answer: 'one' },
    { question: 'b', answer: 'two' },
  ])
})
