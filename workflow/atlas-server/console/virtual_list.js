// A list of which only what is seen is in the page: as many rows as fit, used again as one scrolls.
// It knows rows by index and asks for them; who has them, and whether they are there yet, is another matter.

import { h, mark } from './dom.js'
import { onceAFrame } from './frame.js'

const BEYOND = 8
/** Browsers place nothing much further down than this; longer lists scroll faster than the finger. */
const TALLEST = 16_000_000

/**
 * `columns`: `{ label, class }` each. `makeRow()` returns an element of cells, `drawRow(element, row, index)` fills it; a row
 * that is not there yet is undefined. `rowAt(index)` gives it, `range(first, last)` is told what is seen.
 */
export function makeList({ label, className, columns, makeRow, drawRow, rowAt, range }) {
  const sizer = h('div', { class: 'list-sizer', role: 'presentation' })
  const body = h('div', { class: 'list-body', role: 'rowgroup' }, sizer)
  const head = h('div', { class: 'list-head', role: 'rowgroup' }, h('div', { class: 'list-row', role: 'row', 'aria-rowindex': '1' },
    columns.map(column => h('span', { role: 'columnheader', class: column.class }, column.label))))
  const element = h('div', { class: `list ${className}`, role: 'grid', 'aria-label': label, on: { keydown: keyed } }, head, body)
  const shown = new Map()
  const spare = []
  let count = 0
  let rowHeight = 32
  let height = 0
  let current = 0
  let arriving = 0

  const draw = onceAFrame(() => {
    if (!element.isConnected) return
    const total = count * rowHeight
    const tall = Math.min(total, TALLEST)
    size()
    const top = body.scrollTop
    // Where the list is taller than a page may be, each pixel stands for more than one.
    const from = tall > height && total > tall ? top * (total - height) / (tall - height) : top
    const first = Math.max(0, Math.floor(from / rowHeight) - BEYOND)
    const last = Math.min(count, Math.ceil((from + height) / rowHeight) + BEYOND)
    for (const [index, row] of shown) {
      const hasFocus = row.contains(document.activeElement)
      if ((index < first || index >= last) && !(hasFocus && index < count)) {
        shown.delete(index)
        row.remove()
        spare.push(row)
      }
    }
    for (let index = first; index < last; index++) {
      let row = shown.get(index)
      if (!row) {
        row = spare.pop() ?? newRow()
        shown.set(index, row)
        row.drawn = row
        mark(row, 'aria-rowindex', index + 2)
        insert(row, index)
      }
      const data = rowAt(index)
      if (row.drawn !== data) {
        row.drawn = data
        mark(row, 'aria-busy', data === undefined ? 'true' : null)
        drawRow(row, data, index)
      }
      mark(primary(row), 'tabindex', index === current ? '0' : '-1')
    }
    for (const [index, row] of shown) row.style.setProperty('transform', `translateY(${top + index * rowHeight - from}px)`)
    range?.(first, last)
  })

  function size() {
    body.style.setProperty('--content-height', `${Math.min(count * rowHeight, TALLEST)}px`)
  }

  function newRow() {
    const row = makeRow()
    row.classList.add('list-row')
    mark(row, 'role', 'row')
    return row
  }

  // In the order in which they are read, also aloud.
  function insert(row, index) {
    let next = null
    let nearest = Infinity
    for (const [other, element] of shown) {
      if (other > index && other < nearest && element.parentNode === sizer) [nearest, next] = [other, element]
    }
    sizer.insertBefore(row, next)
  }

  function primary(row) {
    return row.querySelector('[data-primary]') ?? row
  }

  function keyed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor(height / rowHeight) - 1)
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key]
    if (by == null) return
    event.preventDefault()
    move(by)
  }

  /** Goes so many rows on, and takes the focus along. */
  function move(by) {
    if (count === 0) return
    // A key may come before the focus of the one before it has.
    const isIn = arriving > 0 || element.contains(document.activeElement)
    current = isIn ? Math.min(count - 1, Math.max(0, current + by)) : Math.min(current, count - 1)
    const at = current * rowHeight
    const total = count * rowHeight
    const scale = total > TALLEST ? (TALLEST - height) / (total - height) : 1
    if (scale !== 1) body.scrollTop = Math.max(0, at - height / 2) * scale
    else if (at < body.scrollTop) body.scrollTop = at
    else if (at + rowHeight > body.scrollTop + height) body.scrollTop = at + rowHeight - height
    arriving++
    requestAnimationFrame(() => requestAnimationFrame(() => {
      arriving--
      const row = shown.get(current)
      if (row) primary(row).focus({ preventScroll: true })
    }))
    draw()
  }

  element.addEventListener('focusin', event => {
    for (const [index, row] of shown) if (row.contains(event.target)) current = index
    draw()
  })
  body.addEventListener('scroll', draw, { passive: true })
  const observer = new ResizeObserver(() => {
    rowHeight = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row-height')) || 32
    height = body.clientHeight
    draw()
  })
  observer.observe(body)

  return {
    element,
    body,
    move,
    draw,
    /** How many rows there are. */
    setCount(value) {
      count = value
      current = Math.min(current, Math.max(0, count - 1))
      mark(element, 'aria-rowcount', count + 1)
      body.hidden = count === 0
      size()
      draw()
    },
    /** Draws every row again, also those whose data is the same. */
    redraw() {
      for (const row of shown.values()) row.drawn = row
      draw()
    },
    isAtTop: () => body.scrollTop < rowHeight,
    toTop() {
      body.scrollTop = 0
      draw()
    },
    close() {
      observer.disconnect()
      draw.cancel()
    },
  }
}
