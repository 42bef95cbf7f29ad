// How long things of a kind took: counts, percentiles, their share of the whole, and the 90th percentile over time.

import { h, replace, s } from '../dom.js'
import { count, duration, time } from '../format.js'

const WIDTH = 120
const HEIGHT = 24
const FIRST = 8

/** The table; `draw` is given its rows and how to name one. */
export function timesTable(label, names) {
  const body = h('tbody')
  const table = h('table', { class: 'times' },
    h('caption', { class: 'unseen' }, label),
    h('thead', {}, h('tr', {}, names.map(name => h('th', { scope: 'col' }, name)),
      ['Count', 'Failed', 'p50', 'p90', 'p99', 'Share'].map(name => h('th', { scope: 'col', class: 'number' }, name)),
      h('th', { scope: 'col' }, 'p90 over time'))),
    body)
  const empty = h('p', { class: 'hint' }, 'Nothing ended in this time.')
  const all = h('button', { type: 'button', class: 'small', hidden: true, 'aria-expanded': 'false', on: { click: () => {
    isWhole = !isWhole
    redraw()
  } } })
  const frame = h('div', { class: 'table-frame', role: 'region', 'aria-label': label, tabindex: '0' }, table)
  let isWhole = false
  let last = null
  let drawn = ''

  function draw(rows, nameOf, span) {
    last = { rows, nameOf, span }
    redraw()
  }

  function redraw() {
    const { rows, nameOf, span } = last
    const now = JSON.stringify([rows, isWhole])
    if (now === drawn) return
    drawn = now
    const sum = rows.reduce((sum, row) => sum + row.totalMs, 0) || 1
    frame.hidden = rows.length === 0
    empty.hidden = rows.length > 0
    all.hidden = rows.length <= FIRST
    all.textContent = isWhole ? 'Show fewer' : `Show all ${rows.length}`
    all.setAttribute('aria-expanded', String(isWhole))
    replace(body, rows.slice(0, isWhole ? rows.length : FIRST).map(row => h('tr', {},
      nameOf(row).map((name, at) => (at === 0 ? h('th', { scope: 'row' }, name) : h('td', { class: 'soft' }, name))),
      h('td', { class: 'number' }, count(row.count)),
      h('td', { class: row.failed > 0 ? 'number is-error' : 'number' }, count(row.failed)),
      h('td', { class: 'number' }, duration(row.p50)), h('td', { class: 'number' }, duration(row.p90)), h('td', { class: 'number' }, duration(row.p99)),
      h('td', { class: 'number' }, `${Math.round(100 * row.totalMs / sum)} %`),
      h('td', {}, line(row.buckets ?? [], span)))))
  }

  return { element: h('div', {}, frame, empty, all), draw }
}

function line(buckets, { from, until }) {
  const filled = buckets.filter(bucket => bucket.count > 0)
  const most = Math.max(...filled.map(bucket => bucket.p90), 0.001)
  const places = filled.map(bucket => [
    2 + (bucket.at - from) / Math.max(1, until - from) * (WIDTH - 4), HEIGHT - 3 - bucket.p90 / most * (HEIGHT - 6)])
  const words = filled.length === 0 ? 'Nothing' : `At most ${duration(most)}, last ${duration(filled.at(-1).p90)} at ${time(filled.at(-1).at)}`
  return s('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': words },
    s('title', {}, words),
    s('path', { d: places.map(([x, y], at) => `${at ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('') }),
    places.length > 0 && s('circle', { cx: places.at(-1)[0], cy: places.at(-1)[1], r: 2 }))
}
