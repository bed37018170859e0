import { createApp } from 'vue'
import { onRefused, onSignedOut } from '../shared/api/client'
import { closeSheets } from '../shared/parts/sheets'
import { address, here, replace, startRouting } from '../shared/route'
import App from './App.vue'
import { pages } from './pages'
import { whereInstead } from './stories/access'
import { refreshSession, sessionEnded, whenBooted } from './stories/session'
import '../shared/styles/base.css'
import '../shared/desk/styles/tokens.css'
import '../shared/desk/styles/parts.css'
import '../shared/desk/styles/opening.css'
import '../shared/desk/styles/forms.css'
import '../shared/desk/styles/tables.css'
import './styles/tokens.css'
import './styles/frame.css'
import './styles/parts.css'
import './styles/grid.css'
import './styles/panel.css'
import './styles/days.css'
import './styles/reports.css'
import '../shared/desk/styles/print.css'
import './styles/print.css'

onSignedOut(async () => {
  await sessionEnded()
  if (!here.page?.open) await replace(address('/sign-in', { back: here.full, why: 'ended' }))
})
onRefused('not_your_role', () => void refreshSession())

createApp(App).mount('#app')

startRouting({
  base: '/console',
  pages,
  home: '/',
  async instead(page, full) {
    await whenBooted()
    return whereInstead(page, full)
  },
  closeOver: closeSheets,
})
