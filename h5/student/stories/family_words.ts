// States of a link in the words that whoever pays reads.
import type { FamilyView } from '../../shared/api/family'
import type { Tone } from '../../shared/stories/words'

export interface PayerWord {
  word: string
  sentence: string
  tone: Tone
}

export function payerWord(view: FamilyView): PayerWord {
  switch (view.state) {
    case 'open':
      return { word: '请您代付', sentence: '核对学校、姓名和费用后，用微信支付', tone: 'wait' }
    case 'being_paid':
      if (view.closing) {
        return { word: '正在取消', sentence: '正在等待微信确认，没有付款不会扣费', tone: 'wait' }
      }
      return view.by_me
        ? { word: '等待支付', sentence: '您还没有完成支付，可以继续', tone: 'wait' }
        : { word: '有人正在支付', sentence: '请稍后查看结果，不会重复扣款', tone: 'wait' }
    case 'paid':
      return view.by_me
        ? { word: '支付成功', sentence: '费用已缴清，学生会看到结果', tone: 'good' }
        : { word: '已缴清', sentence: '这些费用已经有人支付，无需再付', tone: 'good' }
    case 'settled':
      return { word: '已缴清', sentence: '这些费用已经缴清，无需再付', tone: 'good' }
    case 'withdrawn':
      return { word: '链接已撤回', sentence: '学生已撤回这个代付链接，没有扣款', tone: 'plain' }
    case 'ended':
      return { word: '链接已到期', sentence: '请向学生要一个新的代付链接', tone: 'plain' }
  }
}
