// What became of an execution, of a visit of a state, of an attempt: each has a word, a shape and a
// colour, so that none of them is needed alone.

import { h, mark, replace } from './dom.js'
import { icon } from './icons.js'

const STATUSES = {
  RUNNING: ['Running', 'running'],
  SUCCEEDED: ['Succeeded', 'succeeded'],
  FAILED: ['Failed', 'failed'],
  TIMED_OUT: ['Timed out', 'timedOut'],
  ABORTED: ['Aborted', 'aborted'],
  CAUGHT: ['Caught', 'caught'],
  PENDING_REDRIVE: ['Pending redrive', 'pending'],
}

/** Those that an execution can have, as filters offer them. */
export const OF_EXECUTIONS = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']

/** The word for it. */
export function wordOf(status) {
  return STATUSES[status]?.[0] ?? String(status ?? 'Unknown')
}

/** The name of its picture. */
export function pictureOf(status) {
  return STATUSES[status]?.[1] ?? 'pending'
}

/** A badge, which `show` keeps up to date. */
export function badge(status) {
  return show(h('span', { class: 'status' }), status)
}

/** Changes what a badge says. */
export function show(element, status) {
  if (element.dataset.status === status) return element
  mark(element, 'data-status', status ?? 'UNKNOWN')
  return replace(element, icon(pictureOf(status)), h('span', {}, wordOf(status)))
}

/** Whether it did not end well. */
export function isBad(status) {
  return status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED'
}
