import { createApp } from 'vue'
import { onSignedOut } from '../shared/api/client'
import { address, here, replace, startRouting } from '../shared/route'
import { titleIsShown } from '../shared/wx/where'
import App from './App.vue'
import { pages, sharePage } from './pages'
import { closeSheets } from '../shared/parts/sheets'
import { sessionEnded, signedIn, whenBooted } from '../shared/stories/session'
import { arriveAt } from './stories/family'
import { startWords } from '../shared/words/language'
import '../shared/styles/tokens.css'
import '../shared/styles/base.css'
import './styles.css'

const signInThenBackTo = (full: string) => address('/sign-in', full === '/' ? {} : { back: full })

onSignedOut(async () => {
  await sessionEnded()
  if (!here.page?.open) await replace(signInThenBackTo(here.full))
})

async function start() {
  // Who is here is asked while words are fetched.
  void whenBooted()
  await startWords(() => import('./english'))
  if (titleIsShown()) document.documentElement.classList.add('title-is-shown')
  createApp(App).mount('#app')

  startRouting({
    base: '/h5',
    pages,
    home: '/',
    async instead(page, full) {
      await whenBooted()
      return page.open || signedIn.value ? undefined : signInThenBackTo(full)
    },
    closeOver: closeSheets,
  })
}

const arrival = arriveAt(location.pathname)
if (arrival.kind === 'share') pages[arrival.path] = sharePage
if (arrival.kind === 'leave') location.replace(arrival.to)
else void start()
