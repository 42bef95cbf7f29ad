// What waits for somebody or something: callbacks, workers and timers, the oldest or the most urgent first.

import { openCallbacks } from '../execution/callback_dialog.js'
import { get } from '../api.js'
import { goesOn, stands, tellsDistance } from '../clock.js'
import { h, mark, replace, write } from '../dom.js'
import { count, moment, nameOf } from '../format.js'
import { unhurried } from '../frame.js'
import { change, executionLink } from '../router.js'
import { listen } from '../stream.js'
import { makeList } from '../virtual_list.js'

export const title = 'Waiting'

// No more than the server remembers views of, or each page would be made anew.
const PAGE = 50
const KINDS = { callback: 'Callback', activity: 'Worker', timer: 'Timer', retry: 'Retry', child: 'Execution', task: 'Task' }

export async function open(context, first) {
  let parameters = first
  let waits = []
  let next = null
  let loading = false
  const order = h('select', { id: 'stuck-order', on: { change: () => change({ order: order.value === 'age' ? '' : order.value }) } },
    h('option', { value: 'age' }, 'Longest wait first'), h('option', { value: 'deadline' }, 'First deadline first'))
  const found = h('p', { class: 'hint', role: 'status' })
  const empty = h('div', { class: 'empty', hidden: true }, h('p', {}, 'Nothing waits.'))
  const list = makeList({
    label: 'What waits',
    className: 'stuck',
    columns: [
      { label: 'Execution', class: 'c-name' }, { label: 'State', class: 'c-state' }, { label: 'Waits for', class: 'c-kind' },
      { label: 'Since', class: 'c-since number' }, { label: 'Deadline', class: 'c-deadline' }, { label: 'Action', class: 'c-action' },
    ],
    makeRow, drawRow,
    rowAt: index => waits[index],
    range: (from, to) => to >= waits.length - 40 && next != null && more(),
  })
  replace(context.main,
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, title)),
    h('div', { class: 'filters' }, h('div', { class: 'fields' }, h('div', { class: 'field' }, h('label', { for: 'stuck-order' }, 'Order'), order))),
    h('div', { class: 'list-status' }, found), list.element, empty)

  const ask = before => get('stuck', { order: parameters.get('order') ?? 'age', before, limit: PAGE }, { signal: context.signal })

  function show() {
    list.setCount(waits.length)
    list.element.hidden = waits.length === 0
    empty.hidden = waits.length > 0
    write(found, next == null ? `${count(waits.length)} open` : `${count(waits.length)} read so far, more below`)
    list.redraw()
  }

  async function more() {
    if (loading) return
    loading = true
    try {
      const told = await ask(next)
      waits = [...waits, ...told.waits]
      next = told.next
      show()
    } catch (error) {
      context.trouble(error)
    } finally {
      loading = false
    }
  }

  async function reload() {
    const told = await ask()
    // Somebody who reads further down keeps what is there.
    if (!list.isAtTop() && waits.length > PAGE) return
    waits = told.waits
    next = told.next
    show()
  }

  const refresh = unhurried(() => reload().catch(error => {
    context.trouble(error)
  }), 1_000)

  function makeRow() {
    const name = h('a', { 'data-primary': true })
    const [since, deadline] = [h('time'), h('time')]
    const button = h('button', { type: 'button', class: 'small', on: { click: () => complete(row.wait) } }, 'Complete…')
    const cell = (name, ...children) => h('span', { class: name, role: 'gridcell' }, children)
    const row = h('div', {}, cell('c-name', name), cell('c-state'), cell('c-kind'), cell('c-since number', since), cell('c-deadline', deadline), cell('c-action', button))
    row.parts = { name, state: row.children[1], kind: row.children[2], since, deadline, button }
    return row
  }

  function drawRow(row, wait) {
    row.wait = wait
    if (!wait) return
    const { name, state, kind, since, deadline, button } = row.parts
    write(name, wait.name ?? nameOf(wait.executionArn))
    mark(name, 'href', executionLink(wait.executionArn, { visit: wait.visit }))
    write(state, wait.state)
    write(kind, KINDS[wait.kind] ?? wait.kind)
    goesOn(since, wait.since)
    mark(since, 'title', moment(wait.since))
    if (wait.deadline == null) stands(deadline, 'none')
    else tellsDistance(deadline, wait.deadline)
    mark(deadline, 'title', moment(wait.deadline))
    row.classList.toggle('is-overdue', wait.deadline != null && wait.deadline < Date.now())
    button.hidden = !wait.endsByHand
    mark(button, 'aria-label', `Complete ${wait.state} of ${wait.name ?? nameOf(wait.executionArn)}`)
  }

  function complete(wait) {
    openCallbacks({ executionArn: wait.executionArn, refresh }, [wait])
  }

  context.shortcuts([
    { keys: '/', label: 'Go to the order', run: () => order.focus() },
    { keys: 'j', label: 'Next', run: () => list.move(1) },
    { keys: 'k', label: 'Before', run: () => list.move(-1) },
  ])
  const stream = listen({ list: 1 }, { changed: refresh, opened: refresh }, context.live)
  order.value = parameters.get('order') ?? 'age'
  await reload()
  return {
    update(now) {
      parameters = now
      order.value = parameters.get('order') ?? 'age'
      waits = []
      return reload()
    },
    close() {
      stream.close()
      refresh.cancel()
      list.close()
    },
  }
}
