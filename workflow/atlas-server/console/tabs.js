// Tabs whose choice lives in the URL: arrows move among them, and only the chosen one is in the page.

import { h, mark } from './dom.js'

/** `tabs`: `{ id, label }` each; `choose` is told which one somebody chose. */
export function makeTabs(label, tabs, choose) {
  const panel = h('div', { class: 'tab-panel', role: 'tabpanel', id: 'tab-panel', tabindex: '-1' })
  const buttons = new Map(tabs.map(tab => [tab.id, h('button', {
    type: 'button', role: 'tab', id: `tab-${tab.id}`, 'aria-controls': 'tab-panel', tabindex: '-1',
    on: { click: () => choose(tab.id) },
  }, tab.label)]))
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': label, on: { keydown: event => {
    const all = [...buttons.keys()]
    const at = all.findIndex(id => buttons.get(id) === document.activeElement)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (at < 0 || to == null) return
    event.preventDefault()
    const id = all[(to + all.length) % all.length]
    buttons.get(id).focus()
    choose(id)
  } } }, [...buttons.values()])
  return {
    list,
    panel,
    show(id) {
      for (const [one, button] of buttons) {
        mark(button, 'aria-selected', String(one === id))
        mark(button, 'tabindex', one === id ? '0' : '-1')
      }
      mark(panel, 'aria-labelledby', `tab-${id}`)
    },
  }
}
