// A question that stands before everything else. Escape closes it, and the focus goes back to where it was.

import { h } from './dom.js'
import { icon } from './icons.js'

let made = 0

/**
 * Opens one. With `action` it is a form: `run` may throw, which is said in the dialog, and closes it else.
 * `action`: `{ label, danger, run }`.
 */
export function openDialog({ title, body, action }) {
  const id = `dialog-${++made}`
  const trouble = h('p', { class: 'notice bad', role: 'alert', hidden: true })
  const submit = action && h('button', { type: 'submit', class: action.danger ? 'danger' : 'primary' }, action.label)
  const form = h('form', { method: 'dialog', on: { submit: event => {
    if (!action) return
    event.preventDefault()
    finish()
  } } },
    h('header', {},
      h('h2', { id }, title),
      h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', on: { click: () => dialog.close() } }, icon('close'))),
    h('div', { class: 'dialog-body' }, body, trouble),
    action && h('footer', {},
      h('button', { type: 'button', on: { click: () => dialog.close() } }, 'Cancel'),
      submit))
  const dialog = h('dialog', { 'aria-labelledby': id, on: { close: () => dialog.remove() } }, form)
  document.body.append(dialog)
  dialog.showModal()
  dialog.querySelector('.dialog-body :is(select, input, textarea)')?.focus()

  async function finish() {
    submit.disabled = true
    trouble.hidden = true
    try {
      await action.run()
      dialog.close()
    } catch (error) {
      trouble.textContent = error.code ? `${error.code}: ${error.message}` : error.message
      trouble.hidden = false
      submit.disabled = false
    }
  }
  return dialog
}
