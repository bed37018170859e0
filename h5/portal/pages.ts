import type { Page } from '../shared/route'
import CardForm from '../shared/account/CardForm.vue'
import ContactForm from '../shared/account/ContactForm.vue'
import PasswordForm from '../shared/account/PasswordForm.vue'
import QuestionsForm from '../shared/account/QuestionsForm.vue'
import { mark } from '../shared/words/words'
import Choose from './pages/Choose.vue'
import Confirm from './pages/Confirm.vue'
import Family from './pages/Family.vue'
import FamilyLinks from './pages/FamilyLinks.vue'
import FamilyNew from './pages/FamilyNew.vue'
import Fees from './pages/Fees.vue'
import FirstPassword from './pages/FirstPassword.vue'
import Item from './pages/Item.vue'
import Items from './pages/Items.vue'
import Me from './pages/Me.vue'
import OneBill from './pages/OneBill.vue'
import OneOrder from './pages/OneOrder.vue'
import Orders from './pages/Orders.vue'
import Recover from './pages/Recover.vue'
import Scan from './pages/Scan.vue'
import SignIn from './pages/SignIn.vue'

export interface DeskPage extends Page {
  /** stands in the bar at the top, in this order */
  bar?: true
  /** the page of the bar that it belongs to */
  under?: string
}

export const pages: Record<string, DeskPage> = {
  '/': { component: Fees, title: mark('当前费用'), bar: true },
  '/tuition': { component: Choose, title: mark('学费缴费'), bar: true },
  '/other': { component: Items, title: mark('其他费用'), bar: true },
  '/living': { component: Items, title: mark('生活缴费'), bar: true },
  '/orders': { component: Orders, title: mark('交易查询'), bar: true },
  '/projects': { component: Items, title: mark('报名信息'), bar: true },
  '/me': { component: Me, title: mark('个人信息'), bar: true },

  '/tuition/confirm': { component: Confirm, title: mark('确认信息'), under: '/tuition' },
  '/tuition/pay': { component: Scan, title: mark('扫码支付'), under: '/tuition' },
  '/other/choose': { component: Item, title: mark('确认信息'), under: '/other' },
  '/other/pay': { component: Scan, title: mark('扫码支付'), under: '/other' },
  '/living/choose': { component: Item, title: mark('确认信息'), under: '/living' },
  '/living/pay': { component: Scan, title: mark('扫码支付'), under: '/living' },
  '/projects/choose': { component: Item, title: mark('确认信息'), under: '/projects' },
  '/projects/pay': { component: Scan, title: mark('扫码支付'), under: '/projects' },
  '/bill': { component: OneBill, title: mark('费用明细'), under: '/' },
  '/family-new': { component: FamilyNew, title: mark('请家人代付'), under: '/' },
  '/family': { component: Family, title: mark('发送给家人'), under: '/' },
  '/family-links': { component: FamilyLinks, title: mark('代付链接'), under: '/' },
  '/order': { component: OneOrder, title: mark('明细'), under: '/orders' },
  '/contact': { component: ContactForm, title: mark('个人信息修改'), under: '/me' },
  '/password': { component: PasswordForm, title: mark('密码修改'), under: '/me' },
  '/questions': { component: QuestionsForm, title: mark('密保修改'), under: '/me' },
  '/card': { component: CardForm, title: mark('银行卡修改'), under: '/me' },

  '/sign-in': { component: SignIn, title: mark('登录'), open: true },
  '/recover': { component: Recover, title: mark('找回密码'), open: true },
  '/first-password': { component: FirstPassword, title: mark('修改密码') },
}
