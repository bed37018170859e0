// What every form of the account does: check what was typed, send it once, and say next to the right field
// what was wrong.
import { nextTick, reactive, ref } from 'vue'
import { Refusal, sentenceOf } from '../errors'

/** Which field a refusal is about; its sentence then stands beside that field. */
const fieldOfCode: Record<string, string> = {
  password_wrong: 'password',
  password_too_weak: 'new_password',
  captcha_wrong: 'captcha',
}

export function focusField(id: string): void {
  void nextTick(() => document.getElementById(id)?.focus())
}

interface Plan<Field extends string> {
  fields: readonly Field[]
  /** a sentence for every field that is not right yet */
  check: () => Partial<Record<Field, string>>
  send: () => Promise<void>
  /** which field a refusal with this code is about, beside the usual ones */
  blames?: Record<string, Field>
}

export function useForm<Field extends string>({ fields, check, send, blames }: Plan<Field>) {
  const busy = ref(false)
  const problem = ref('')
  const faults = reactive(Object.fromEntries(fields.map((field) => [field, '']))) as Record<
    Field,
    string
  >
  const isField = (name: string | undefined): name is Field => name !== undefined && name in faults

  /** The first field in the order of the page goes wrong first. */
  function firstFault(): Field | undefined {
    const found = check()
    for (const field of fields) faults[field] = found[field] ?? ''
    return fields.find((field) => faults[field])
  }

  function blame(why: unknown) {
    const field = why instanceof Refusal ? (blames?.[why.code] ?? fieldOfCode[why.code]) : undefined
    if (!isField(field)) {
      problem.value = sentenceOf(why)
      return
    }
    faults[field] = sentenceOf(why)
    focusField(field)
  }

  async function submit(): Promise<void> {
    if (busy.value) return
    problem.value = ''
    const fault = firstFault()
    if (fault) return focusField(fault)
    busy.value = true
    try {
      await send()
    } catch (why) {
      blame(why)
    } finally {
      busy.value = false
    }
  }

  return { busy, problem, faults, submit }
}

/** For fields that must not stay empty. */
export const missing = (text: string, sentence: string) => (text.trim() ? '' : sentence)
