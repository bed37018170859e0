// Short words at the corner: what has just been done goes away by itself, what went wrong stays until it is read.
import { reactive } from 'vue'
import { sentenceOf } from '../../shared/errors'

export interface Toast {
  id: number
  tone: 'good' | 'bad'
  sentence: string
}

export const toasts = reactive<Toast[]>([])
const readableMs = 5000
const most = 4
let newest = 0

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

function show(tone: Toast['tone'], sentence: string): number {
  const id = ++newest
  toasts.push({ id, tone, sentence })
  if (toasts.length > most) toasts.shift()
  return id
}

export function done(sentence: string): void {
  const id = show('good', sentence)
  setTimeout(() => dismiss(id), readableMs)
}

export function failed(why: unknown): void {
  show('bad', sentenceOf(why))
}

/** Something went wrong that the server has told in a sentence of its own. */
export function warn(sentence: string): void {
  show('bad', sentence)
}
