// Where the server wants a token before it tells anything.

import { post } from '../api.js'
import { h, replace } from '../dom.js'

/** Asks for the token; `entered` is called when it was right. */
export function open({ main, title }, entered) {
  title('Sign in')
  const token = h('input', { id: 'token', type: 'password', autocomplete: 'current-password', required: true, spellcheck: 'false', 'aria-describedby': 'token-hint' })
  const trouble = h('p', { class: 'notice bad', role: 'alert', hidden: true })
  const submit = h('button', { class: 'primary', type: 'submit' }, 'Sign in')
  replace(main, h('form', { class: 'sign-in', on: { submit: async event => {
    event.preventDefault()
    submit.disabled = true
    trouble.hidden = true
    try {
      await post('session', { token: token.value.trim() })
      entered()
    } catch (error) {
      trouble.textContent = error.wantsToken ? 'This is not the token of this server.' : error.message
      trouble.hidden = false
      submit.disabled = false
      token.focus()
    }
  } } },
    h('h1', { tabindex: '-1' }, 'Sign in'),
    // There is one user; browsers that keep secrets want a name for them.
    h('input', { type: 'text', name: 'username', autocomplete: 'username', value: 'operator', hidden: true }),
    h('div', { class: 'field' }, h('label', { for: 'token' }, 'Token'), token,
      h('p', { class: 'hint', id: 'token-hint' }, 'Whoever started the server gave it, or was told it on the terminal.')),
    trouble, submit))
  token.focus()
}
