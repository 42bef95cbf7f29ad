// The frame around every page: where one can go, whether what one sees is live, and the theme.

import { announce, liveRegion } from './announce.js'
import { h, mark, write } from './dom.js'
import { icon } from './icons.js'
import { link } from './router.js'
import { openHelp } from './shortcuts.js'
import { themeSwitch } from './theme.js'

const PLACES = [
  ['overview', 'Overview'],
  ['executions', 'Executions'],
  ['stuck', 'Waiting'],
  ['start', 'Start'],
  ['machines', 'Machines'],
  ['profile', 'Profile'],
]

const LIVE = {
  none: '',
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Not live',
}

/** Makes it once. */
export function makeShell() {
  const main = h('main', { id: 'main', tabindex: '-1' })
  const links = PLACES.map(([page, label]) => h('a', { href: link(page), 'data-page': page }, label))
  const state = h('span', { class: 'live-word' })
  const live = h('span', { class: 'live', 'data-live': 'none' },
    h('span', { class: 'live-dot', 'aria-hidden': 'true' }), state)
  const skip = h('a', { class: 'skip', href: '#main', on: { click: event => {
    // The fragment is where the page is kept.
    event.preventDefault()
    main.focus()
  } } }, 'Skip to content')
  const told = h('span')
  const trouble = h('div', { class: 'trouble', role: 'alert', hidden: true }, told,
    h('button', { class: 'quiet', type: 'button', 'aria-label': 'Close this message', on: { click: () => (trouble.hidden = true) } }, icon('close')))
  const header = h('header', { class: 'top' },
    h('a', { class: 'brand', href: link('overview') }, h('span', { class: 'brand-mark' }, icon('atlas')), 'Atlas'),
    h('nav', { 'aria-label': 'Pages' }, links),
    h('div', { class: 'top-end' },
      live,
      h('button', {
        class: 'quiet', type: 'button', 'aria-label': 'Keyboard shortcuts', title: 'Keyboard shortcuts (?)',
        on: { click: openHelp },
      }, icon('keys')),
      themeSwitch(announce)))

  return {
    elements: [skip, header, trouble, main, liveRegion()],
    main,
    enter(page, title) {
      for (const one of links) mark(one, 'aria-current', one.dataset.page === page ? 'page' : null)
      main.replaceChildren(h('h1', { tabindex: '-1' }, title), h('p', { class: 'hint' }, 'Loading…'))
      main.className = `page-${page ?? 'other'}`
      document.title = `${title} · Atlas`
      scrollTo(0, 0)
    },
    /** Says what went wrong, above the page, until somebody has read it; null takes it away. */
    tell(text) {
      trouble.hidden = text == null
      write(told, text)
    },
    title(text) {
      document.title = `${text} · Atlas`
    },
    live(word) {
      mark(live, 'data-live', word)
      write(state, LIVE[word])
      mark(live, 'title', word === 'lost' ? 'The connection broke; what you see may be old. Trying again.' : null)
      if (word === 'lost') announce('Not live: the connection broke. Trying again.')
      else if (word === 'live' && live.dataset.was === 'lost') announce('Live again.')
      live.dataset.was = word
    },
    focusHeading() {
      main.querySelector('h1')?.focus({ preventScroll: true })
    },
  }
}
