// Executions that ended, over time: a column for each part of it, its kinds of end one above the other,
// told apart by colour and by pattern.

import { h, mark, replace, s } from '../dom.js'
import { count, time } from '../format.js'
import { badge } from '../status.js'

const KINDS = [['succeeded', 'SUCCEEDED'], ['failed', 'FAILED'], ['timedOut', 'TIMED_OUT'], ['aborted', 'ABORTED']]
const WIDTH = 640
const HEIGHT = 160
const COLUMNS = 60

/** The chart; `draw` is given what the pipeline tells. */
export function outcomesChart() {
  const svg = s('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT + 18}`, role: 'img', preserveAspectRatio: 'none' })
  const legend = h('ul', { class: 'legend' })
  const highest = h('span', { class: 'hint' })
  const begins = h('span', {})
  const ends = h('span', {})
  const element = h('figure', {}, h('div', { class: 'chart-top' }, highest, legend), svg,
    h('div', { class: 'chart-axis hint', 'aria-hidden': 'true' }, begins, ends))
  let drawn = ''

  function draw({ outcomes = [], from, until, bucketMs }) {
    const width = Math.max(bucketMs, (until - from) / COLUMNS)
    const columns = merged(outcomes, from, until, width)
    const now = JSON.stringify([columns, Math.floor(from / width)])
    if (drawn === now) return
    drawn = now
    const most = Math.max(1, ...columns.map(column => column.all))
    const sums = KINDS.map(([kind]) => columns.reduce((sum, column) => sum + column[kind], 0))
    const step = WIDTH / columns.length
    replace(svg, hatch(), columns.map((column, at) => bar(column, at * step, Math.max(1, step - 2), most)),
      s('path', { class: 'chart-base', d: `M0 ${HEIGHT + 0.5}H${WIDTH}` }))
    mark(svg, 'aria-label', `Executions that ended between ${time(from)} and ${time(until)}: ${KINDS.map(([kind], at) => `${sums[at]} ${words(kind)}`).join(', ')}`)
    highest.textContent = `At most ${count(most)} in ${Math.round(width / 1_000)} s`
    replace(legend, KINDS.map(([, status], at) => sums[at] > 0 && h('li', {}, badge(status), ' ', h('span', { class: 'number' }, count(sums[at])))))
    begins.textContent = time(from)
    ends.textContent = time(until)
  }

  return { element, draw }
}

function bar(column, x, width, most) {
  let top = HEIGHT
  return KINDS.map(([kind, status]) => {
    if (!column[kind]) return null
    const height = Math.max(2, column[kind] / most * (HEIGHT - 8))
    top -= height
    return [
      s('rect', { class: 'chart-bar', 'data-status': status, x, y: top, width, height },
        s('title', {}, `${time(column.at)}: ${count(column[kind])} ${words(kind)}`)),
      kind === 'failed' && s('rect', { class: 'chart-hatch', x, y: top, width, height, fill: 'url(#hatch)' }),
    ]
  })
}

// What failed is hatched, so that it is seen without its colour.
function hatch() {
  return s('defs', {}, s('pattern', { id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    s('path', { class: 'hatch-line', d: 'M0 0V5' })))
}

function merged(buckets, from, until, width) {
  const columns = []
  for (let at = from; at < until; at += width) columns.push({ at, all: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 })
  for (const bucket of buckets) {
    const column = columns[Math.min(columns.length - 1, Math.max(0, Math.floor((bucket.at - from) / width)))]
    if (!column) continue
    for (const [kind] of KINDS) {
      column[kind] += bucket[kind] ?? 0
      column.all += bucket[kind] ?? 0
    }
  }
  return columns
}

function words(kind) {
  return kind === 'timedOut' ? 'timed out' : kind
}
