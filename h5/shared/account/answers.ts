// Choosing security questions: as many rows as are needed, every question once.
import { reactive } from 'vue'
import type { SecurityQuestions } from '../api/account'
import { mark } from '../words/words'

export interface Answer {
  question: string
  answer: string
}

const most = 5
export const answerFields = Array.from({ length: most }, (_, row) => [
  `question_${row}`,
  `answer_${row}`,
]).flat()

export function useAnswers() {
  const rows = reactive<Answer[]>([])

  /** One row for every question needed, with those chosen before. */
  function prepare({ needed, questions, chosen }: SecurityQuestions) {
    const free = questions.map((one) => one.question).filter((id) => !chosen.includes(id))
    const first = [...chosen, ...free].slice(0, needed)
    rows.splice(0, rows.length, ...first.map((question) => ({ question, answer: '' })))
  }

  function check(): Record<string, string> {
    const faults: Record<string, string> = {}
    rows.forEach(({ question, answer }, row) => {
      const before = rows.slice(0, row).some((other) => other.question === question)
      if (before) faults[`question_${row}`] = mark('这个问题已经选过，请换一个')
      if (!answer.trim()) faults[`answer_${row}`] = mark('请填写答案')
    })
    return faults
  }

  const given = () => rows.map(({ question, answer }) => ({ question, answer: answer.trim() }))
  return { rows, prepare, check, given }
}
