// What the table of states and the timeline share: the name of a state or of a nested execution, as
// deep as it lies, with what unfolds it.

import { h, mark, replace, write } from '../dom.js'
import { count, nameOf } from '../format.js'
import { icon } from '../icons.js'
import { executionLink, here, link } from '../router.js'
import { badge, show, wordOf } from '../status.js'

const DEEPEST = 10

/** The first two cells of a row, to be filled by `drawHead`. */
export function headCells(fold) {
  const unfold = h('button', { type: 'button', class: 'quiet unfold', on: { click: () => fold(unfold.dataset.arn) } }, icon('unfold'))
  const name = h('a', { 'data-primary': true })
  const extra = h('span', { class: 'state-extra' })
  const status = badge()
  return {
    cells: [
      h('span', { class: 'c-name', role: 'gridcell' }, unfold, name, extra),
      h('span', { class: 'c-status', role: 'gridcell' }, status),
    ],
    unfold, name, extra, status,
  }
}

/** Fills them. */
export function drawHead(parts, row, model) {
  const { unfold, name, extra, status } = parts
  parts.cells[0].style.setProperty('--depth', Math.min(row.depth, DEEPEST))
  const isExecution = row.kind === 'child' && row.child.kind !== 'mapRun'
  unfold.hidden = !isExecution
  if (row.kind === 'child') {
    const { executionArn } = row.child
    write(name, nameOf(executionArn))
    // A map run is a list of executions.
    mark(name, 'href', isExecution ? executionLink(executionArn) : link('executions', { machine: executionArn }))
    mark(name, 'aria-label', `${isExecution ? 'Nested execution' : 'Map run'} ${nameOf(executionArn)}`)
    write(extra, isExecution ? 'execution' : 'map run')
    mark(unfold, 'data-arn', executionArn)
    mark(unfold, 'aria-expanded', String(Boolean(row.nested)))
    mark(unfold, 'aria-label', `${row.nested ? 'Fold' : 'Unfold'} ${nameOf(executionArn)}`)
    const now = row.nested?.view.status
    status.hidden = !now
    if (now) show(status, now)
    return
  }
  const { visit, executionArn } = row
  write(name, visit.name)
  mark(name, 'href', visitLink(visit.id, executionArn, model))
  mark(name, 'aria-label', `${visit.name}, ${wordOf(visit.status)}`)
  write(extra, placeOf(visit))
  status.hidden = false
  show(status, visit.status)
}

/** Chooses a visit, on the page and tab where one is. */
export function visitLink(visit, of, model) {
  const now = here().parameters
  return link('execution', { arn: model.executionArn, tab: now.get('tab'), visit, of: of === model.executionArn ? '' : of })
}

function placeOf({ branch, iteration }) {
  if (iteration != null) return `#${count(iteration)}`
  return branch == null ? '' : `branch ${branch + 1}`
}

/** Whether a row is the one that was chosen. */
export function isChosen(row, model) {
  const { visit, of } = model.chosen()
  return row.kind === 'visit' && String(row.visit.id) === visit && row.executionArn === of
}

/** An element that says how many attempts there were, where it was more than one. */
export function drawAttempts(element, visit) {
  const number = visit.attempts?.length ?? 0
  replace(element, number > 1 ? h('span', { class: 'attempts' }, `${number} attempts`) : number === 1 ? '1' : '')
}
