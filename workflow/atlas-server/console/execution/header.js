// What one wants to know first of an execution: whether it is well, why not, and what one can do.

import { openCallbacks } from './callback_dialog.js'
import { openRedrive } from './redrive_dialog.js'
import { openStop } from './stop_dialog.js'
import { goesOn, stands } from '../clock.js'
import { h, mark, replace, write } from '../dom.js'
import { count, duration, machineOf, moment, nameOf, time } from '../format.js'
import { executionLink, link } from '../router.js'
import { badge, show } from '../status.js'

/** The header; `update` draws what the model now tells. */
export function headerOf(model) {
  const { executionArn } = model
  const status = badge()
  const started = h('time')
  const length = h('span', { class: 'number' })
  const redrives = h('dd')
  const parent = h('div', { hidden: true })
  const failure = h('section', { class: 'failure', 'aria-label': 'Why it failed', hidden: true })
  const gaps = h('p', { class: 'notice', hidden: true })
  const actions = h('div', { class: 'actions' })
  const machine = h('a', {}, machineOf(executionArn))
  let drawn = ''

  const element = h('div', { class: 'execution-head' },
    h('nav', { class: 'crumbs', 'aria-label': 'Where this is' }, h('a', { href: link('executions') }, 'Executions'), ' / ', machine),
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, model.told.view.name ?? nameOf(executionArn)), status, actions),
    h('dl', { class: 'facts' },
      fact('Started', started), fact('Duration', length), h('div', {}, h('dt', {}, 'Redrives'), redrives), parent,
      fact('ARN', h('code', { class: 'arn' }, executionArn))),
    failure, gaps)

  function update() {
    const { view, told, redrivable, openTasks = [], parent: parentArn } = model.told
    show(status, view.status)
    mark(machine, 'href', link('executions', { machine: view.stateMachineArn }))
    write(started, time(view.startedAt))
    mark(started, 'title', moment(view.startedAt))
    if (view.endedAt == null && view.status === 'RUNNING') goesOn(length, view.startedAt)
    else stands(length, view.endedAt == null ? '–' : duration(view.endedAt - view.startedAt))
    write(redrives, count(view.redriveCount ?? 0))
    const up = parentArn ?? told?.parentArn
    if (up && parent.hidden) {
      parent.hidden = false
      replace(parent, h('dt', {}, 'Started by'), h('dd', {}, h('a', { href: executionLink(up) }, nameOf(up))))
    }
    drawFailure(view)
    gaps.hidden = view.isComplete !== false || view.status === 'RUNNING'
    write(gaps, 'Some of its events are missing; what they told is not shown.')
    const now = JSON.stringify([view.status, redrivable, openTasks])
    if (now !== drawn) drawActions(view, redrivable, openTasks)
    drawn = now
  }

  function drawFailure({ failure: why }) {
    failure.hidden = !why
    const now = JSON.stringify(why)
    if (!why || failure.drawn === now) return
    failure.drawn = now
    replace(failure,
      h('p', { class: 'failure-error' }, h('strong', {}, why.error ?? 'No error name'), why.state && [
        ' in ', why.visit == null ? why.state : h('a', { href: executionLink(model.executionArn, { visit: why.visit }) }, why.state),
        why.attempt > 1 && `, attempt ${why.attempt}`,
      ]),
      h('pre', { class: 'cause' }, why.cause ?? 'No cause was given.'))
  }

  function drawActions(view, redrivable, openTasks) {
    const callbacks = openTasks
    const button = (label, run, kind) => h('button', { type: 'button', class: kind, on: { click: run } }, label)
    const hadFocus = actions.contains(document.activeElement)
    replace(actions,
      callbacks.length > 0 && button('Complete callback…', () => openCallbacks(model, callbacks), 'primary'),
      view.status === 'RUNNING' && button('Stop…', stop),
      redrivable && button('Redrive…', redrive, 'primary'),
      h('a', { class: 'button', href: link('start', { machine: view.stateMachineArn, from: model.executionArn }) }, 'Start again…'))
    if (hadFocus) element.querySelector('h1').focus()
  }

  function stop() {
    if (model.told.view.status === 'RUNNING') openStop(model)
  }

  function redrive() {
    if (model.told.redrivable) openRedrive(model)
  }

  update()
  return { element, update, stop, redrive }
}

function fact(name, value) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value))
}
