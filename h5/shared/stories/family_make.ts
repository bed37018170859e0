// A link by which the family pays: over which bills, for how long, with which words.
import { computed, ref } from 'vue'
import { listBills } from '../api/bills'
import { makeFamilyLink } from '../api/family'
import { isRefusal, sentenceOf } from '../errors'
import { sum } from '../money'
import { mark } from '../words/words'
import { forgetRead } from './cache'
import { receiversInTurn, type Receiver } from './choice'
import { useLoad } from './load'
import { rememberMade } from './made_link'
import { isTicked } from './ticks'
import { receiversOf, rowsOf, type BillRow } from './wish'

export const hoursChoices = [
  { hours: 1, name: mark('1小时') },
  { hours: 24, name: mark('24小时') },
  { hours: 72, name: mark('3天') },
] as const

interface Plan {
  /** those that one came with; else what is ticked */
  bill_ids: readonly string[] | undefined
  onMade: (token: string) => unknown
  /** bills stand in one live order only: it has to end before the family's can begin */
  onHeld: (order_no: string) => unknown
}

export function useFamilyMake({ bill_ids, onMade, onHeld }: Plan) {
  const { data, problem, loading, reload } = useLoad('bills', listBills)
  const changed = ref<Record<string, boolean>>({})
  const isPicked = (bill: BillRow): boolean =>
    changed.value[bill.bill_id] ?? (bill_ids ? bill_ids.includes(bill.bill_id) : isTicked(bill))

  const payable = computed(() => rowsOf(data.value).filter((row) => row.state === 'payable'))
  const picked = computed(() => payable.value.filter(isPicked))
  const total = computed(() => sum(picked.value.map((row) => row.payable_fen)))
  const allPicked = computed(() => picked.value.length === payable.value.length)
  const receivers = computed(() => receiversInTurn(picked.value, (row) => row.payable_fen))

  function pick(rows: readonly BillRow[], on: boolean): void {
    const next = Object.fromEntries(rows.map(({ bill_id }) => [bill_id, on]))
    changed.value = { ...changed.value, ...next }
  }

  const hours = ref<(typeof hoursChoices)[number]['hours']>(24)
  const message = ref('')
  const busy = ref(false)
  const refused = ref('')
  /** which receiver's bills the link is to be over */
  const asking = ref(false)

  /** One link leads to one order, and one order has one receiver. */
  async function make(receiver?: Receiver): Promise<void> {
    asking.value = false
    if (busy.value) return
    const rows = receiver?.rows ?? picked.value
    if (receiversOf(rows).length > 1) return void (asking.value = true)
    busy.value = true
    refused.value = ''
    try {
      const made = await makeFamilyLink({
        bill_ids: rows.map((row) => row.bill_id),
        total_fen: sum(rows.map((row) => row.payable_fen)),
        hours: hours.value,
        message: message.value.trim(),
      })
      forgetRead('family links')
      const token = made.path.split('/').pop() ?? ''
      rememberMade(token)
      await onMade(token)
    } catch (why) {
      await explain(why)
    } finally {
      busy.value = false
    }
  }

  async function explain(why: unknown): Promise<void> {
    refused.value = sentenceOf(why)
    if (isRefusal(why, 'bill_in_live_order') && why.orderNo) {
      forgetRead('bills')
      await onHeld(why.orderNo)
    }
    const moved = ['bill_in_live_order', 'bills_changed', 'bill_not_payable', 'bill_not_found']
    if (isRefusal(why, ...moved)) await reload()
  }

  return {
    data,
    problem,
    loading,
    reload,
    payable,
    picked,
    total,
    allPicked,
    receivers,
    isPicked,
    pick,
    hours,
    message,
    busy,
    refused,
    asking,
    make,
  }
}
