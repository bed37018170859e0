import type { Page } from '../shared/route'
import CardForm from '../shared/account/CardForm.vue'
import ContactForm from '../shared/account/ContactForm.vue'
import PasswordForm from '../shared/account/PasswordForm.vue'
import QuestionsForm from '../shared/account/QuestionsForm.vue'
import Confirm from './pages/Confirm.vue'
import Fees from './pages/Fees.vue'
import Home from './pages/Home.vue'
import Me from './pages/Me.vue'
import OneOrder from './pages/OneOrder.vue'
import Orders from './pages/Orders.vue'
import Paid from './pages/Paid.vue'
import Recovery from './pages/Recovery.vue'
import Result from './pages/Result.vue'
import SignIn from './pages/SignIn.vue'

// Every page that pays lies directly in /h5/, because WeChat compares the payment directory.
export const pages: Record<string, Page> = {
  '/sign-in': { component: SignIn, title: '登录', open: true },
  '/': { component: Home, title: '校园缴费' },
  '/fees': { component: Fees, title: '学费缴费' },
  '/confirm': { component: Confirm, title: '确认支付' },
  '/result': { component: Result, title: '支付结果' },
  '/orders': { component: Orders, title: '订单查询' },
  '/order': { component: OneOrder, title: '订单详情' },
  '/paid': { component: Paid, title: '已缴费查询' },
  '/me': { component: Me, title: '个人信息' },
  '/contact': { component: ContactForm, title: '个人信息修改' },
  '/password': { component: PasswordForm, title: '密码修改' },
  '/questions': { component: QuestionsForm, title: '密保修改' },
  '/card': { component: CardForm, title: '银行卡修改' },
  '/recovery': { component: Recovery, title: '找回密码确认' },
}
