import { h, ref, shallowRef, type Component } from 'vue'
import { NoAnswer, sentenceOf } from '../errors'
import { t } from '../words/words'
import Failure from './Failure.vue'

/**
 * A page of another script, which is fetched when the page is. Where that fails, the whole page is loaded again:
 * browsers remember a module that failed, and after an update of the server its name is another one.
 */
export function later<Name extends string>(
  load: () => Promise<Record<Name, Component>>,
  name: Name,
): Component {
  return {
    setup() {
      const page = shallowRef<Component>()
      const failed = ref(false)
      load().then(
        (pages) => (page.value = pages[name]),
        () => (failed.value = true),
      )
      const offline = () => new NoAnswer(navigator.onLine === false ? 'offline' : 'broken')
      return () => {
        if (page.value) return h(page.value)
        if (failed.value)
          return h(Failure, { sentence: sentenceOf(offline()), onRetry: () => location.reload() })
        return h('p', { class: 'first-words', role: 'status' }, [
          h('span', { class: 'spinner' }),
          t('正在打开…'),
        ])
      }
    },
  }
}
