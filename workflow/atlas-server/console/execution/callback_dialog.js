// Ends a task that waits for somebody, by hand: as it would have succeeded, or as it would have failed.
// The server keeps the task's token; whoever does this does not see it.

import { post } from '../api.js'
import { openDialog } from '../dialog.js'
import { h } from '../dom.js'

/** Asks which one and how, then ends it. `tasks`: `{ event, visit, kind }` each. */
export function openCallbacks({ executionArn, told, refresh }, tasks) {
  const nameOf = task => told?.view.visits.find(visit => visit.id === task.visit)?.name ?? task.state ?? `event ${task.event}`
  const which = h('select', { id: 'callback-task' }, tasks.map((task, at) =>
    h('option', { value: at }, `${nameOf(task)} (${task.kind}, event ${task.event})`)))
  const way = (value, label) => h('label', { class: 'choice' },
    h('input', { type: 'radio', name: 'way', value, checked: value === 'success', on: { change: show } }), label)
  const output = h('textarea', { id: 'callback-output', rows: '8', class: 'code', spellcheck: 'false' }, '{}')
  const error = h('input', { id: 'callback-error', autocomplete: 'off', maxlength: '256' })
  const cause = h('textarea', { id: 'callback-cause', rows: '3', maxlength: '32768' })
  const success = h('div', { class: 'field' }, h('label', { for: 'callback-output' }, 'Output (JSON)'), output)
  const failure = h('div', { hidden: true },
    h('div', { class: 'field' }, h('label', { for: 'callback-error' }, 'Error'), error),
    h('div', { class: 'field' }, h('label', { for: 'callback-cause' }, 'Cause'), cause))
  const dialog = openDialog({
    title: 'Complete this task by hand?',
    body: [
      h('div', { class: 'field' }, h('label', { for: 'callback-task' }, 'Task'), which),
      h('fieldset', { class: 'ways' }, h('legend', {}, 'It ends with'), way('success', 'Success'), way('failure', 'Failure')),
      success, failure,
    ],
    action: { label: 'Complete it', run: async () => {
      const { event } = tasks[Number(which.value)]
      await post('tasks', { executionArn, event, ...ending() })
      refresh()
    } },
  })

  function isSuccess() {
    return dialog.querySelector('[name=way]:checked').value === 'success'
  }

  function show() {
    success.hidden = !isSuccess()
    failure.hidden = isSuccess()
  }

  function ending() {
    if (!isSuccess()) return { failure: { error: error.value, cause: cause.value } }
    try {
      return { success: { output: JSON.parse(output.value) } }
    } catch (fault) {
      throw new Error(`The output is no JSON: ${fault.message}`)
    }
  }
}
