// Choosing what to pay: ticks, parts, and one receiver at a time.
import { computed, ref, type Ref } from 'vue'
import type { Arrears } from '../api/bills'
import { sum } from '../money'
import { chosenOf, partField } from './parts'
import { isTicked, tick } from './ticks'
import { intendRows, receiversOf, rowsOf, type BillRow } from './wish'
import { mark } from '../words/words'

const maxLines = 50

export interface Receiver {
  name: string
  rows: BillRow[]
  fen: number
}

const amountOf = (row: BillRow) => chosenOf(row).fen

/** Whoever collects these bills; who has waited longest comes first. */
export const receiversInTurn = (
  rows: readonly BillRow[],
  fenOf: (row: BillRow) => number,
): Receiver[] =>
  receiversOf([...rows].sort((a, b) => (a.period < b.period ? -1 : 1))).map((name) => {
    const own = rows.filter((row) => row.merchant_name === name)
    return { name, rows: own, fen: sum(own.map(fenOf)) }
  })

export function useChoice(arrears: Readonly<Ref<Arrears | undefined>>) {
  const rows = computed(() => rowsOf(arrears.value))
  const payable = computed(() => rows.value.filter((row) => row.state === 'payable'))
  const chosen = computed(() => payable.value.filter(isTicked))
  const total = computed(() => sum(chosen.value.map(amountOf)))
  const allTicked = computed(() => chosen.value.length === payable.value.length)
  /** not the usual receiver: the row has to say who */
  const apart = (row: BillRow) => row.merchant_name !== arrears.value?.merchant_name

  const receivers = computed(() => receiversInTurn(chosen.value, amountOf))
  const hint = ref('')
  /** which receiver is to be paid first */
  const asking = ref(false)

  const tickAll = () =>
    tick(
      payable.value.map((row) => row.bill_id),
      !allTicked.value,
    )

  /** Makes the choice, or one receiver's bills of it, the intent; false where something is in the way. */
  function take(picked: readonly BillRow[] = chosen.value): boolean {
    hint.value = ''
    asking.value = false
    const faulty = picked.find((row) => chosenOf(row).fault)
    if (faulty) document.getElementById(partField(faulty))?.focus()
    else if (picked.length > maxLines)
      hint.value = mark('一次最多缴 %{n} 项，请分次缴纳', { n: maxLines })
    else if (receiversOf(picked).length > 1) asking.value = true
    else return Boolean(intendRows(picked, amountOf))
    return false
  }

  return { rows, payable, chosen, total, allTicked, apart, receivers, hint, asking, tickAll, take }
}
