// The links that the student has made for others to pay by, and taking one back.
import { computed, ref } from 'vue'
import { listFamilyLinks, withdrawFamilyLink, type FamilyLink } from '../api/family'
import { sentenceOf } from '../errors'
import { mark, t } from '../words/words'
import { useLoad } from './load'
import type { Tone } from './words'

const words: Record<FamilyLink['state'], { word: string; tone: Tone }> = {
  open: { word: mark('等待支付'), tone: 'wait' },
  being_paid: { word: mark('支付中'), tone: 'wait' },
  paid: { word: mark('家人已支付'), tone: 'good' },
  settled: { word: mark('已缴清'), tone: 'good' },
  withdrawn: { word: mark('已撤回'), tone: 'plain' },
  ended: { word: mark('已到期'), tone: 'plain' },
}

/** What has become of a link, in the words that students read. */
export const linkWord = ({ state }: Pick<FamilyLink, 'state'>) => words[state]

export const itemsOf = (link: Pick<FamilyLink, 'lines'>) => link.lines.map((line) => line.item)

export const mayWithdraw = (link: FamilyLink): boolean =>
  link.can_withdraw && (link.state === 'open' || link.state === 'being_paid')

export function useFamilyLinks() {
  const { data, problem, loading, reload } = useLoad('family links', listFamilyLinks)
  const asking = ref<FamilyLink>()
  const busy = ref(false)
  const refused = ref('')
  const outcome = ref('')

  /** What withdrawing the link that is asked about would mean. */
  const detail = computed(() =>
    asking.value?.state === 'being_paid'
      ? t('撤回后不能再用它支付。已经开始的支付不受影响，可以在订单查询中取消订单')
      : t('撤回后，打开链接的人不能再看到费用，也不能支付'),
  )

  async function withdraw(): Promise<void> {
    const link = asking.value
    asking.value = undefined
    if (!link || busy.value) return
    busy.value = true
    refused.value = outcome.value = ''
    try {
      data.value = await withdrawFamilyLink(link.link)
      outcome.value = mark('代付链接已撤回')
    } catch (why) {
      refused.value = sentenceOf(why)
      void reload()
    } finally {
      busy.value = false
    }
  }

  return { data, problem, loading, reload, asking, detail, busy, refused, outcome, withdraw }
}
