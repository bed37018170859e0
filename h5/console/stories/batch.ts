// A lot of refunds that is decided about as a whole, by another person than asked.
import { computed, type Ref } from 'vue'
import { rejectBatch, releaseBatch, type Batch } from '../../shared/api/console_refunds'
import { useAsked } from './asked'
import { done } from './toasts'

export type BatchAct = Batch['batch']['can'][number]

export function useBatch(batch: Ref<Batch | undefined>, became: (batch: Batch) => void) {
  const facts = computed(() => batch.value?.batch)
  // What was seen is what is decided about.
  const asked = useAsked<{ act: BatchAct; batch: Batch }>(async ({ act, batch }, reason) => {
    const { batch: number, total_fen } = batch.batch
    became(
      act === 'release' ? await releaseBatch(number, total_fen) : await rejectBatch(number, reason),
    )
    done(act === 'release' ? '已通过，正在逐笔退款' : '已驳回')
  })
  return { facts, asked }
}
