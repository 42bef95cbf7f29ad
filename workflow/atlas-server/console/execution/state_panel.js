// Everything about one visit of a state: what it waits for or failed with, its attempts, and its data
// from what it was given to what it gave on, with each step of processing between.

import { get } from '../api.js'
import { h, replace } from '../dom.js'
import { duration, moment, nameOf, resource, time } from '../format.js'
import { icon } from '../icons.js'
import { jsonTree } from '../json_tree.js'
import { change, executionLink } from '../router.js'
import { badge } from '../status.js'
import { openCallbacks } from './callback_dialog.js'
import { waitWords } from './waits.js'

/** Shows nothing. */
export function clear(panel) {
  panel.drawn = null
  replace(panel)
}

/** Shows a visit of an execution, and again only where something about it changed. */
export async function statePanel(panel, model, executionArn, visitId) {
  const told = model.executionArn === executionArn ? model.told : model.unfolded.get(executionArn)
  const known = told?.view.visits.find(visit => String(visit.id) === visitId)
  const now = JSON.stringify([executionArn, visitId, known, told?.openTasks?.filter(task => String(task.visit) === visitId)])
  if (panel.drawn === now) return
  const isOther = !panel.drawn?.startsWith(JSON.stringify([executionArn, visitId]).slice(0, -1))
  panel.drawn = now
  if (isOther) replace(panel, h('p', { class: 'hint' }, 'Loading…'))
  let state
  try {
    state = await get('state', { arn: executionArn, visit: visitId }, { signal: model.context.signal })
  } catch (error) {
    if (error.name === 'AbortError' || panel.drawn !== now) return
    return replace(panel, close(), h('div', { class: 'notice bad', role: 'alert' }, error.message))
  }
  if (panel.drawn !== now) return
  const hadFocus = panel.contains(document.activeElement)
  draw(panel, model, executionArn, state, told)
  if (isOther || hadFocus) panel.querySelector('h2').focus({ preventScroll: !isOther })
}

function draw(panel, model, executionArn, { visit, data }, told) {
  const tasks = (told?.openTasks ?? []).filter(task => task.visit === visit.id)
  const waits = waitWords(visit)
  replace(panel,
    h('header', {}, h('h2', { tabindex: '-1' }, visit.name), badge(visit.status), close()),
    h('p', { class: 'hint' }, visit.stateType, ' · ', h('time', { title: moment(visit.enteredAt) }, time(visit.enteredAt)),
      visit.exitedAt != null && ` · ${duration(visit.exitedAt - visit.enteredAt)}`),
    waits && h('p', { class: 'notice' }, `It ${waits}.`),
    tasks.length > 0 && h('p', {}, h('button', { type: 'button', class: 'primary', on: { click: () =>
      openCallbacks({ executionArn, told, refresh: model.refresh }, tasks) } }, 'Complete it by hand…')),
    visit.failure && h('div', { class: 'failure' }, h('p', {}, h('strong', {}, visit.failure.error ?? 'No error name')), h('pre', { class: 'cause' }, visit.failure.cause ?? 'No cause was given.')),
    attempts(visit.attempts ?? []),
    steps(data))
}

function close() {
  return h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close the chosen state', on: { click: () => {
    change({ visit: '', of: '' })
  } } }, icon('close'))
}

function attempts(all) {
  if (all.length === 0 || (all.length === 1 && !all[0].resource)) return null
  return h('section', {}, h('h3', {}, 'Attempts'), h('ol', { class: 'attempt-list' }, all.map(attempt => h('li', {},
    h('div', {}, badge(attempt.status), h('span', { class: 'number' },
      attempt.endedAt == null ? 'goes on' : duration(attempt.endedAt - attempt.startedAt)),
    h('span', { class: 'hint' }, resource(attempt.resource))),
    attempt.childArn && h('div', {}, h('a', { href: executionLink(attempt.childArn) }, nameOf(attempt.childArn))),
    attempt.error && h('div', { class: 'attempt-error' }, h('strong', {}, attempt.error), attempt.cause && `: ${attempt.cause}`),
    attempt.nextAt != null && h('div', { class: 'hint' }, `The next one is due at ${time(attempt.nextAt)}.`)))))
}

const WORDS = {
  StateInput: 'Input of the state', InputPath: 'After InputPath', Parameters: 'After Parameters', Arguments: 'Arguments',
  TaskResult: 'Result', ResultSelector: 'After ResultSelector', ResultPath: 'After ResultPath', OutputPath: 'After OutputPath',
  Output: 'Output', Assign: 'Assigned', StateOutput: 'Output of the state',
}

function steps(data) {
  if (!data) return null
  let before = null
  const parts = (data.steps ?? []).map(step => {
    const text = JSON.stringify(step.value)
    const isSame = step.value !== undefined && text === before
    if (step.value !== undefined) before = text
    return h('li', { class: 'step' }, h('h4', {}, WORDS[step.name] ?? step.name),
      step.note && h('p', { class: 'hint' }, step.note),
      isSame ? h('p', { class: 'hint' }, 'The same as before it.') : step.value !== undefined && jsonTree(step.value, WORDS[step.name] ?? step.name))
  })
  const variables = data.variables && Object.keys(data.variables).length > 0
  return h('section', {}, h('h3', {}, 'Data, step by step'), h('ol', { class: 'steps' }, parts),
    variables && [h('h3', {}, 'Variables'), jsonTree(data.variables, 'Variables')])
}
