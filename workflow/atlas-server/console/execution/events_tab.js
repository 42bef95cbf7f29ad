// The history, event by event: as long as it may be, only what is seen is fetched and drawn.

import { get } from '../api.js'
import { h, mark, replace, write } from '../dom.js'
import { count, moment, time } from '../format.js'
import { jsonTextTree, jsonTree } from '../json_tree.js'
import { pagedRows } from '../paged_rows.js'
import { change, here } from '../router.js'
import { makeList } from '../virtual_list.js'

const OWN = new Set(['id', 'type', 'timestamp', 'previousEventId'])
const SHORT = 240

/** The tab. */
export function eventsTab(model) {
  const { executionArn, context } = model
  let failedOnly = null
  let total = 0
  const summary = h('p', { class: 'hint', role: 'status' })
  const only = h('input', { type: 'checkbox', id: 'failed-only', on: { change: () => change({ failed: only.checked ? '1' : '' }, { replacing: true }) } })
  const detail = h('section', { class: 'event-detail', 'aria-label': 'Chosen event', hidden: true, tabindex: '-1' })
  const empty = h('p', { class: 'empty', hidden: true }, 'Nothing failed.')
  const pages = pagedRows(async (from, limit) => {
    const events = []
    // A window of large events is cut short, and says where it goes on.
    for (let next = from; next != null && events.length < limit;) {
      const told = await fetchEvents(next, limit - events.length)
      take(told)
      events.push(...told.events)
      next = told.next
    }
    return events
  }, () => list.draw(), context.trouble)
  const list = makeList({
    label: 'Events',
    className: 'events',
    columns: [{ label: 'Event', class: 'c-id number' }, { label: 'Type', class: 'c-type' }, { label: 'Time', class: 'c-started' }, { label: 'After', class: 'c-after number' }, { label: 'Details', class: 'c-details' }],
    makeRow() {
      const open = h('button', { type: 'button', class: 'plain', 'data-primary': true, on: { click: () => showDetail(row.event) } })
      const at = h('time')
      const cell = (name, ...children) => h('span', { class: name, role: 'gridcell' }, children)
      const row = h('div', {}, cell('c-id number'), cell('c-type', open), cell('c-started', at), cell('c-after number'), cell('c-details'))
      const [id, , , after, details] = row.children
      row.parts = { id, open, at, after, details }
      return row
    },
    drawRow(row, event) {
      row.event = event
      const { id, open, at, after, details } = row.parts
      write(id, event?.id)
      write(open, event?.type ?? '…')
      open.disabled = !event
      write(at, event ? time(millis(event)) : '')
      mark(at, 'title', moment(event && millis(event)))
      write(after, event?.previousEventId || '')
      write(details, event ? short(event) : '')
      row.classList.toggle('is-failure', Boolean(event) && /(Failed|TimedOut|Aborted)$/.test(event.type))
    },
    rowAt: pages.rowAt,
    range: (first, last) => total > 0 && pages.want(first, last),
  })

  function fetchEvents(from, limit) {
    return get('events', { arn: executionArn, from, limit, failed: failedOnly ? 'true' : '' }, { signal: context.signal })
  }

  function take({ total: all, matching }) {
    total = matching
    list.setCount(matching)
    list.element.hidden = matching === 0
    empty.hidden = matching !== 0
    write(summary, failedOnly ? `${count(matching)} of ${count(all)} events tell of a failure` : `${count(all)} events`)
  }

  async function update() {
    const wanted = here().parameters.get('failed') === '1'
    if (wanted !== failedOnly) {
      failedOnly = wanted
      only.checked = wanted
      pages.clear()
    }
    // The history only grows: what was read stays as it is, but for the page that was not full.
    pages.refresh()
    try {
      const told = await fetchEvents(0, 200)
      if (wanted !== failedOnly) return
      take(told)
      if (told.events.length === Math.min(200, told.matching)) pages.put(0, told.events)
      list.draw()
    } catch (error) {
      context.trouble(error)
    }
  }

  function showDetail(event) {
    detail.hidden = false
    const details = detailsOf(event)
    replace(detail,
      h('header', {}, h('h2', {}, `${event.id} ${event.type}`), h('button', { type: 'button', class: 'small', on: { click: () => {
        detail.hidden = true
        list.move(0)
      } } }, 'Close')),
      h('p', { class: 'hint' }, moment(millis(event))),
      Object.entries(details).map(([name, value]) => h('div', { class: 'step' }, h('h3', {}, name),
        typeof value === 'string' ? jsonTextTree(value, name) : jsonTree(value, name))))
    detail.focus()
  }

  return {
    element: h('div', { class: 'events-tab' },
      h('div', { class: 'list-status' }, h('label', { class: 'choice' }, only, 'Failures only'), summary),
      list.element, empty, detail),
    update,
    close: list.close,
    shortcuts: [
      { keys: 'j', label: 'Next event', run: () => list.move(1) },
      { keys: 'k', label: 'Event before', run: () => list.move(-1) },
      { keys: 'f', label: 'Failures only', run: () => only.click() },
    ],
  }
}

/** The details of an event, which AWS keeps under a name of its type. */
export function detailsOf(event) {
  for (const [name, value] of Object.entries(event)) if (!OWN.has(name) && value && typeof value === 'object') return value
  return {}
}

/** When it happened: AWS tells seconds. */
export function millis({ timestamp }) {
  if (typeof timestamp === 'string') return Date.parse(timestamp)
  return timestamp > 100_000_000_000 ? timestamp : timestamp * 1_000
}

function short(event) {
  const parts = []
  for (const [name, value] of Object.entries(detailsOf(event))) {
    if (value == null || name.endsWith('Details')) continue
    parts.push(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  }
  return parts.join('  ').slice(0, SHORT)
}
