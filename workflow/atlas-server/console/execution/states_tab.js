// The table of states: each visit with what became of it, when, how long and in how many attempts.

import { goesOn, stands } from '../clock.js'
import { h, mark, write } from '../dom.js'
import { duration, moment, resource, time } from '../format.js'
import { stateList } from './state_list.js'
import { drawAttempts, drawHead, headCells, isChosen } from './state_row.js'
import { waitWords } from './waits.js'

/** The tab. */
export function statesTab(model) {
  return stateList(model, {
    label: 'States in order of entry',
    className: 'states',
    columns: [
      { label: 'State', class: 'c-name' }, { label: 'Status', class: 'c-status' }, { label: 'Type', class: 'c-type' },
      { label: 'Entered', class: 'c-started' }, { label: 'Duration', class: 'c-duration number' }, { label: 'Attempts', class: 'c-attempts number' },
      { label: 'Error, or what it waits for', class: 'c-error' },
    ],
    makeRow() {
      const head = headCells(model.fold)
      const cell = name => h('span', { class: name, role: 'gridcell' })
      const entered = h('time')
      const row = h('div', {}, head.cells, cell('c-type'), h('span', { class: 'c-started', role: 'gridcell' }, entered),
        cell('c-duration number'), cell('c-attempts number'), cell('c-error'))
      const [, , type, , length, attempts, error] = row.children
      row.parts = { ...head, type, entered, length, attempts, error }
      return row
    },
    drawRow(row, data) {
      const parts = row.parts
      if (!data) return
      drawHead(parts, data, model)
      mark(row, 'aria-selected', isChosen(data, model) ? 'true' : null)
      const { enteredAt, exitedAt, startedAt, endedAt, status } = data.visit ?? data.nested?.view ?? {}
      const [from, to] = [enteredAt ?? startedAt, exitedAt ?? endedAt]
      write(parts.type, data.visit?.stateType ?? 'Execution')
      write(parts.entered, from == null ? '' : time(from))
      mark(parts.entered, 'title', moment(from))
      if (from == null) stands(parts.length, '')
      else if (to == null && status === 'RUNNING') goesOn(parts.length, from)
      else stands(parts.length, to == null ? '–' : duration(to - from))
      drawAttempts(parts.attempts, data.visit ?? {})
      const visit = data.visit ?? {}
      const words = visit.failure ? [visit.failure.error, visit.failure.cause].filter(Boolean).join(': ') : waitWords(visit)
      const called = resource(visit.attempts?.at(-1)?.resource)
      write(parts.error, words || called)
      mark(parts.error, 'title', words || called || null)
      parts.error.classList.toggle('is-error', Boolean(visit.failure))
    },
  })
}
