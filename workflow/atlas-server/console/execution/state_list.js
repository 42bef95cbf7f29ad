// The rows of the table of states and of the timeline: all of them, with what is unfolded, where an
// execution is of a common size; windows of them where it is huge.

import { get } from '../api.js'
import { h } from '../dom.js'
import { count } from '../format.js'
import { pagedRows } from '../paged_rows.js'
import { makeList } from '../virtual_list.js'
import { isWhole, rowsOf } from './unfolded.js'

/** Like `makeList`, over the visits of a model. `drawn` is called before rows are drawn anew. */
export function stateList(model, { drawRow, before, ...options }) {
  let rows = null
  const pages = pagedRows(async (from, limit) => {
    const told = await get('execution', { arn: model.executionArn, visits_from: from, visits_limit: limit }, { signal: model.context.signal })
    return told.view.visits.map(visit => ({ kind: 'visit', executionArn: model.executionArn, visit, depth: visit.parent == null ? 0 : 1 }))
  }, () => list.draw(), model.context.trouble)
  const list = makeList({
    ...options,
    drawRow,
    rowAt: index => (rows ? rows[index] : pages.rowAt(index)),
    range: (first, last) => rows || pages.want(first, last),
  })
  const hint = h('p', { class: 'hint', hidden: true })

  function update() {
    const { told } = model
    before?.()
    if (isWhole(told)) {
      rows = rowsOf(told, model.unfolded)
      list.setCount(rows.length)
    } else {
      rows = null
      pages.refresh()
      list.setCount(told.visitCount)
      hint.textContent = `${count(told.visitCount)} states; nested executions are beside the state that started them.`
    }
    hint.hidden = rows != null
    list.redraw()
  }

  return {
    element: h('div', {}, hint, list.element),
    update,
    redraw: list.redraw,
    close: list.close,
    shortcuts: [
      { keys: 'j', label: 'Next state', run: () => list.move(1) },
      { keys: 'k', label: 'State before', run: () => list.move(-1) },
    ],
  }
}
