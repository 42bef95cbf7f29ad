// An execution and those nested in it that somebody unfolded, each as the API last told of it.

import { get } from '../api.js'

/** How many states are read at once; an execution with more is read in windows. */
export const WINDOW = 1_000

/** Asks for an execution with its first states. */
export function fetchExecution(executionArn, signal) {
  return get('execution', { arn: executionArn, visits_from: 0, visits_limit: WINDOW }, { signal })
}

/** Whether all of its states are there. */
export function isWhole(told) {
  return (told.visitCount ?? told.view.visits.length) <= told.view.visits.length
}

/**
 * The rows of a table of states: each visit below the one that it is in, and below a visit the
 * executions that it started, with their own states where they are unfolded.
 */
export function rowsOf(told, unfolded, depth = 0, seen = new Set()) {
  const { executionArn, visits, children = [] } = told.view
  seen.add(executionArn)
  const depths = new Map()
  const started = new Map()
  for (const child of children) started.set(child.visit, [...(started.get(child.visit) ?? []), child])
  const rows = []
  for (const visit of visits) {
    const mine = (depths.get(visit.parent) ?? depth - 1) + 1
    depths.set(visit.id, mine)
    rows.push({ kind: 'visit', key: `${executionArn} ${visit.id}`, executionArn, visit, depth: mine })
    for (const child of started.get(visit.id) ?? []) {
      const nested = unfolded.get(child.executionArn)
      rows.push({ kind: 'child', key: child.executionArn, child, nested, depth: mine + 1 })
      if (nested && !seen.has(child.executionArn)) rows.push(...rowsOf(nested, unfolded, mine + 2, seen))
    }
  }
  return rows
}

/** Where a row begins and ends; what goes on ends now. */
export function spanOf(row, now) {
  const { enteredAt, exitedAt, startedAt, endedAt } = row.kind === 'visit' ? row.visit : row.nested?.view ?? {}
  const from = enteredAt ?? startedAt
  return from == null ? null : { from, to: exitedAt ?? endedAt ?? now, isOpen: (exitedAt ?? endedAt) == null }
}
