// Stops an execution, with a reason that its history keeps.

import { perform } from '../api.js'
import { openDialog } from '../dialog.js'
import { h } from '../dom.js'

/** Asks, then stops it. */
export function openStop({ executionArn, refresh }) {
  const error = h('input', { id: 'stop-error', autocomplete: 'off', maxlength: '256', value: 'Stopped.ByOperator' })
  const cause = h('textarea', { id: 'stop-cause', rows: '3', maxlength: '32768' })
  openDialog({
    title: 'Stop this execution?',
    body: [
      h('p', {}, 'What it has begun outside goes on; it starts nothing more.'),
      h('div', { class: 'field' }, h('label', { for: 'stop-error' }, 'Error'), error),
      h('div', { class: 'field' }, h('label', { for: 'stop-cause' }, 'Cause, for whoever reads its history'), cause),
    ],
    action: { label: 'Stop it', danger: true, run: async () => {
      const given = { error: error.value || undefined, cause: cause.value || undefined }
      await perform('StopExecution', { executionArn, ...given }, executionArn)
      refresh()
    } },
  })
}
