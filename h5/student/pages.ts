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
import { later } from './parts/later'

// Few ever change their account on the phone: its forms come when they are asked for.
const account = () => import('./pages/account')

// Every page that pays lies directly in /h5/, because WeChat compares the payment directory.
export const pages: Record<string, Page> = {
  '/sign-in': { component: SignIn, title: '登录', open: true },
  '/': { component: Home, title: '校园缴费' },
  '/fees': { component: Fees, title: '学费缴费' },
  '/bill': { component: OneBill, title: '费用明细' },
  '/confirm': { component: Confirm, title: '确认支付' },
  '/result': { component: Result, title: '支付结果' },
  '/orders': { component: Orders, title: '订单查询' },
  '/order': { component: OneOrder, title: '订单详情' },
  '/paid': { component: Paid, title: '已缴费查询' },
  '/me': { component: Me, title: '个人信息' },
  '/contact': { component: later(account, 'ContactForm'), title: '个人信息修改' },
  '/password': { component: later(account, 'PasswordForm'), title: '密码修改' },
  '/questions': { component: later(account, 'QuestionsForm'), title: '密保修改' },
  '/card': { component: later(account, 'CardForm'), title: '银行卡修改' },
  '/recovery': { component: Recovery, title: '找回密码确认' },
}
