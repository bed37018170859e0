import type { Page } from '../shared/route'
import Confirm from './pages/Confirm.vue'
import Fees from './pages/Fees.vue'
import Home from './pages/Home.vue'
import Me from './pages/Me.vue'
import OneBill from './pages/OneBill.vue'
import OneOrder from './pages/OneOrder.vue'
import Orders from './pages/Orders.vue'
import Paid from './pages/Paid.vue'
import Recovery from './pages/Recovery.vue'
import Result from './pages/Result.vue'
import SignIn from './pages/SignIn.vue'
import { later } from '../shared/parts/later'
import { mark } from '../shared/words/words'

// Few ever change their account on the phone: its forms come when they are asked for.
const account = () => import('./pages/account')
// What a student chooses himself comes with its forms.
const choices = () => import('./pages/choices')
// Nor are papers and family links what most come for.
const papers = () => import('./pages/papers')

// Every page that pays lies directly in /h5/, because WeChat compares the payment directory.
export const pages: Record<string, Page> = {
  '/sign-in': { component: SignIn, title: mark('登录'), open: true },
  '/': { component: Home, title: mark('校园缴费') },
  '/fees': { component: Fees, title: mark('学费缴费') },
  '/bill': { component: OneBill, title: mark('费用明细') },
  '/confirm': { component: Confirm, title: mark('确认支付') },
  '/other': { component: later(choices, 'Choices'), title: mark('其他费用') },
  '/living': { component: later(choices, 'Choices'), title: mark('生活缴费') },
  '/projects': { component: later(choices, 'Choices'), title: mark('报名信息') },
  '/choose': { component: later(choices, 'Choose'), title: mark('填写信息') },
  '/result': { component: Result, title: mark('支付结果') },
  '/orders': { component: Orders, title: mark('订单查询') },
  '/order': { component: OneOrder, title: mark('订单详情') },
  '/paid': { component: Paid, title: mark('已缴费查询') },
  '/me': { component: Me, title: mark('个人信息') },
  '/contact': { component: later(account, 'ContactForm'), title: mark('个人信息修改') },
  '/password': { component: later(account, 'PasswordForm'), title: mark('密码修改') },
  '/questions': { component: later(account, 'QuestionsForm'), title: mark('密保修改') },
  '/card': { component: later(account, 'CardForm'), title: mark('银行卡修改') },
  '/receipt': { component: later(papers, 'Receipt'), title: mark('电子缴费凭证') },
  '/verify': { component: later(papers, 'Verify'), title: mark('凭证查验'), open: true },
  '/family-new': { component: later(papers, 'FamilyNew'), title: mark('请家人代付') },
  '/family-links': { component: later(papers, 'FamilyLinks'), title: mark('代付链接') },
  '/family': { component: later(papers, 'FamilyPay'), title: mark('家人代付'), open: true },
  '/recovery': { component: Recovery, title: mark('找回密码确认') },
}

/** A link's own address, where the student who has made it hands it on. */
export const sharePage: Page = {
  component: later(papers, 'FamilyShare'),
  title: mark('发送给家人'),
  open: true,
}
