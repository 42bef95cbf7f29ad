// The timeline: each state as a bar from its entry to its exit, its attempts within.

import { goesOn, stands } from '../clock.js'
import { h, mark, replace } from '../dom.js'
import { duration, time } from '../format.js'
import { wordOf } from '../status.js'
import { stateList } from './state_list.js'
import { drawHead, headCells, isChosen } from './state_row.js'
import { spanOf } from './unfolded.js'

const TICKS = 4

/** The tab. */
export function timelineTab(model) {
  let from = 0
  let length = 1
  let ticking = null
  const axis = h('span', { class: 'axis', 'aria-hidden': 'true' })

  const list = stateList(model, {
    label: 'Timeline of states',
    className: 'timeline',
    columns: [{ label: 'State', class: 'c-name' }, { label: 'Status', class: 'c-status' }, { label: 'Time', class: 'c-bar' }, { label: 'Duration', class: 'c-duration number' }],
    before: measure,
    makeRow() {
      const head = headCells(model.fold)
      const bar = h('span', { class: 'bar' })
      const length = h('span', { class: 'c-duration number', role: 'gridcell' })
      const row = h('div', {}, head.cells, h('span', { class: 'c-bar', role: 'gridcell' }, bar), length)
      row.parts = { ...head, bar, length }
      return row
    },
    drawRow(row, data) {
      const { bar, length } = row.parts
      if (!data) return
      drawHead(row.parts, data, model)
      mark(row, 'aria-selected', isChosen(data, model) ? 'true' : null)
      const span = spanOf(data, Date.now())
      bar.hidden = !span
      if (!span) return stands(length, '')
      const status = data.visit?.status ?? data.nested?.view.status
      place(bar, span.from, span.to)
      mark(bar, 'data-status', status)
      mark(bar, 'title', `${wordOf(status)}: ${time(span.from)}, ${duration(span.to - span.from)}`)
      if (span.isOpen) goesOn(length, span.from)
      else stands(length, duration(span.to - span.from))
      drawAttempts(bar, data.visit, span)
    },
  })

  function measure() {
    const { view } = model.told
    from = view.startedAt
    let to = view.endedAt ?? Date.now()
    for (const nested of model.unfolded.values()) to = Math.max(to, nested.view.endedAt ?? Date.now())
    length = Math.max(1, to - from)
    const ticks = Array.from({ length: TICKS + 1 }, (_, at) => {
      const tick = h('span', { class: 'tick' }, duration(length * at / TICKS))
      tick.style.setProperty('--at', `${100 * at / TICKS}%`)
      return tick
    })
    replace(axis, ticks)
    const head = list?.element.querySelector('.list-head .c-bar')
    if (head && !head.contains(axis)) replace(head, h('span', { class: 'unseen' }, 'Time since the start'), axis)
    const isOpen = view.endedAt == null || [...model.unfolded.values()].some(nested => nested.view.endedAt == null)
    clearTimeout(ticking)
    if (isOpen) ticking = setTimeout(() => (measure(), list.redraw()), 1_000)
  }

  function place(element, start, end, of = { from, length }) {
    element.style.setProperty('--start', `${clamp(100 * (start - of.from) / of.length)}%`)
    element.style.setProperty('--length', `${clamp(100 * (end - start) / of.length)}%`)
  }

  function drawAttempts(bar, visit, span) {
    const attempts = visit?.attempts ?? []
    if (attempts.length < 2) return bar.firstChild && replace(bar)
    const of = { from: span.from, length: Math.max(1, span.to - span.from) }
    replace(bar, attempts.map(attempt => {
      const part = h('span', { class: 'bar-attempt', 'data-status': attempt.status })
      place(part, attempt.startedAt, attempt.endedAt ?? span.to, of)
      return part
    }))
  }

  return {
    ...list,
    close() {
      clearTimeout(ticking)
      list.close()
    },
  }
}

function clamp(percent) {
  return Math.min(100, Math.max(0, percent))
}
