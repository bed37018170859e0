import { createApp } from 'vue'
import { onRefused, onSignedOut } from '../shared/api/client'
import { closeSheets } from '../shared/parts/sheets'
import { address, here, replace, startRouting } from '../shared/route'
import { refreshSession, sessionEnded, whenBooted } from '../shared/stories/session'
import App from './App.vue'
import { pages } from './pages'
import { startWords } from '../shared/words/language'
import { t } from '../shared/words/words'
import { whereInstead } from './stories/access'
import '../shared/styles/base.css'
import '../shared/desk/styles/tokens.css'
import '../shared/desk/styles/parts.css'
import '../shared/desk/styles/opening.css'
import './styles/frame.css'
import '../shared/desk/styles/forms.css'
import '../shared/desk/styles/tables.css'
import './styles/paying.css'
import '../shared/desk/styles/print.css'

onSignedOut(async () => {
  await sessionEnded()
  if (!here.page?.open) await replace(address('/sign-in', { back: here.full }))
})
onRefused('password_change_needed', async () => {
  await refreshSession()
  await replace('/first-password')
})

async function start() {
  // Who is here is asked while words are fetched.
  void whenBooted()
  await startWords(() => import('./english'))
  // Until a page has its own.
  document.title = t('校园统一支付平台')
  createApp(App).mount('#app')

  startRouting({
    base: '/portal',
    pages,
    home: '/',
    async instead(page, full) {
      await whenBooted()
      return whereInstead(page, full)
    },
    closeOver: closeSheets,
  })
}

void start()
