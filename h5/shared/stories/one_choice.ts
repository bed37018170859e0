// The page of one item: what is typed into it, what is wrong with it, and a sign-up that costs nothing.
import { computed, nextTick, reactive, ref, watch } from 'vue'
import { listChoices, type Category, type FormField } from '../api/choices'
import { Refusal, sentenceOf } from '../errors'
import { address, replace } from '../route'
import { chosenReads, forgetRead } from './cache'
import { faultsOf, fenOf, wishOf, type Faults, type Typed } from './choice_form'
import { signUpFree } from './choose'
import { lists } from './chosen'
import { useLoad } from './load'

export const answerId = (form: readonly FormField[], field: FormField) =>
  `answer-${form.indexOf(field)}`

interface Ways {
  /** an order is on its way, which leads on by itself */
  busy: () => boolean
  /** an unfinished order stands in the way: that is where to go on */
  toOrder: (order_no: string) => unknown
}

export function useOneChoice(item_id: string, category: Category, ways: Ways) {
  const { data, problem, loading, reload } = useLoad(`choices ${category}`, () =>
    listChoices(category),
  )
  const choice = computed(() => data.value?.choices.find((one) => one.item_id === item_id))
  const typed = reactive<Typed>({ amount: '', target: '', answers: {} })
  const faults = ref<Faults>({})
  const free = computed(() => choice.value?.price_fen === 0)
  const total = computed(() => choice.value?.price_fen ?? fenOf(typed.amount) ?? 0)
  const openNow = computed(() => choice.value?.state === 'open' && !choice.value.own)

  watch(
    choice,
    (now) => {
      const held = now?.own?.state === 'held' ? now.own.order_no : undefined
      const order_no = now?.unfinished_order_no ?? held
      if (order_no && !ways.busy()) ways.toOrder(order_no)
      else if (data.value && !now) void replace(lists[category])
    },
    { immediate: true },
  )

  function firstFault(): string | undefined {
    faults.value = choice.value ? faultsOf(choice.value, typed) : {}
    const first = Object.keys(faults.value)[0]
    if (first === undefined || first === 'target' || first === 'amount') return first
    const field = choice.value?.form.find((one) => one.label === first)
    return field && choice.value && answerId(choice.value.form, field)
  }

  /** What is asked of the server; nothing, and the eye on the first fault, where there is one. */
  function wishNow() {
    const first = firstFault()
    if (first === undefined) return choice.value && wishOf(choice.value, typed)
    void nextTick(() => document.getElementById(first)?.focus())
    return undefined
  }

  const signingUp = ref(false)
  const signUpProblem = ref('')
  async function signUp() {
    const wish = wishNow()
    if (!wish || signingUp.value) return
    signingUp.value = true
    signUpProblem.value = ''
    try {
      await signUpFree(item_id, wish)
      forgetRead(...chosenReads)
      await replace(address(lists[category], { done: '1' }))
    } catch (why) {
      signUpProblem.value = sentenceOf(why)
      if (why instanceof Refusal) void reload()
    } finally {
      signingUp.value = false
    }
  }

  return {
    data,
    problem,
    loading,
    reload,
    choice,
    typed,
    faults,
    free,
    total,
    openNow,
    wishNow,
    signUp,
    signingUp,
    signUpProblem,
  }
}
