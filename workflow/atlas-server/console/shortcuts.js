// What keys do, everywhere and on the page that is open; `?` shows both.

import { openDialog } from './dialog.js'
import { h } from './dom.js'
import { go, link } from './router.js'

const EVERYWHERE = [
  { keys: '?', label: 'Show the shortcuts', run: openHelp },
  { keys: 'g o', label: 'Go to the overview', run: () => go(link('overview')) },
  { keys: 'g e', label: 'Go to executions', run: () => go(link('executions')) },
  { keys: 'g w', label: 'Go to what waits', run: () => go(link('stuck')) },
  { keys: 'g s', label: 'Go to start', run: () => go(link('start')) },
  { keys: 'g m', label: 'Go to machines', run: () => go(link('machines')) },
  { keys: 'g p', label: 'Go to the profile', run: () => go(link('profile')) },
]

let here = []
let prefix = ''
let forget = null

/** What keys do on the page that is open: `{ keys, label, run }` each. */
export function ofPage(shortcuts) {
  here = shortcuts
}

/** Starts to listen. */
export function begin() {
  addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isWrittenIn(event.target) || document.querySelector('dialog[open]')) return
    const pressed = prefix ? `${prefix} ${event.key}` : event.key
    prefix = ''
    clearTimeout(forget)
    const shortcut = [...here, ...EVERYWHERE].find(one => one.keys === pressed)
    if (shortcut) {
      event.preventDefault()
      shortcut.run()
    } else if (event.key === 'g') {
      prefix = 'g'
      forget = setTimeout(() => (prefix = ''), 1_500)
    }
  })
}

/** Shows them all. */
export function openHelp() {
  const table = (title, shortcuts) => shortcuts.length > 0 && [
    h('h3', {}, title),
    h('dl', { class: 'keys' }, shortcuts.map(({ keys, label }) => h('div', {},
      h('dt', {}, keys.split(' ').map(key => h('kbd', {}, key))),
      h('dd', {}, label)))),
  ]
  openDialog({
    title: 'Keyboard shortcuts',
    body: [table('On this page', here), table('Everywhere', EVERYWHERE)],
  })
}

function isWrittenIn(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)
}
