import { mark } from './words/words'
/** The server said no, and why. `message` is a Chinese sentence meant for the user. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    /** with bill_in_live_order, the order that holds the bill */
    readonly orderNo?: string,
  ) {
    super(message)
  }
}

/** No usable answer came: what the call did, if anything, is unknown. */
export class NoAnswer extends Error {
  constructor(readonly why: 'offline' | 'timeout' | 'broken') {
    super(sentences[why])
  }
}

const sentences = {
  offline: mark('网络已断开，请检查网络后重试'),
  timeout: mark('网络较慢，暂时没有收到回复，请重试'),
  broken: mark('网络不稳定，没有收到回复，请重试'),
} as const

/** One sentence for the user, whatever went wrong. */
export function sentenceOf(problem: unknown): string {
  if (problem instanceof Refusal || problem instanceof NoAnswer) return problem.message
  return mark('页面出现异常，请重试')
}

export function isRefusal(problem: unknown, ...codes: string[]): problem is Refusal {
  return problem instanceof Refusal && codes.includes(problem.code)
}
