// States of a link in the words that whoever pays reads.
import type { FamilyView } from '../../shared/api/family'
import type { Tone } from '../../shared/stories/words'
import { mark } from '../../shared/words/words'

export interface PayerWord {
  word: string
  sentence: string
  tone: Tone
}

export function payerWord(view: FamilyView): PayerWord {
  switch (view.state) {
    case 'open':
      return {
        word: mark('请您代付'),
        sentence: mark('核对学校、姓名和费用后，用微信支付'),
        tone: 'wait',
      }
    case 'being_paid':
      if (view.closing) {
        return {
          word: mark('正在取消'),
          sentence: mark('正在等待微信确认，没有付款不会扣费'),
          tone: 'wait',
        }
      }
      return view.by_me
        ? { word: mark('等待支付'), sentence: mark('您还没有完成支付，可以继续'), tone: 'wait' }
        : {
            word: mark('有人正在支付'),
            sentence: mark('请稍后查看结果，不会重复扣款'),
            tone: 'wait',
          }
    case 'paid':
      return view.by_me
        ? { word: mark('支付成功'), sentence: mark('费用已缴清，学生会看到结果'), tone: 'good' }
        : { word: mark('已缴清'), sentence: mark('这些费用已经有人支付，无需再付'), tone: 'good' }
    case 'settled':
      return { word: mark('已缴清'), sentence: mark('这些费用已经缴清，无需再付'), tone: 'good' }
    case 'withdrawn':
      return {
        word: mark('链接已撤回'),
        sentence: mark('学生已撤回这个代付链接，没有扣款'),
        tone: 'plain',
      }
    case 'ended':
      return {
        word: mark('链接已到期'),
        sentence: mark('请向学生要一个新的代付链接'),
        tone: 'plain',
      }
  }
}
