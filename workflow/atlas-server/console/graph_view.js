// A drawing that one can look at from nearer: zoom and pan by mouse, touch and keys.

import { h, mark } from './dom.js'
import { icon } from './icons.js'
import { adoptSvg } from './svg_adoption.js'

const CLOSEST = 8
const STEP = 1.25
const MARGIN = 12
/** What is smaller cannot be read: then one begins nearer, at the start. */
const LEAST_SCALE = 0.55

/** The drawing in a frame with its buttons; `label` says what it shows. */
export function graphView(text, label) {
  const svg = adoptSvg(text)
  const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number)
  mark(svg, 'role', 'group')
  mark(svg, 'aria-label', label)
  for (const name of ['width', 'height']) svg.removeAttribute(name)
  // The frame says what it is; a hover need not.
  for (const child of [...svg.children]) if (child.localName === 'title') child.remove()
  let zoom = 1
  let isNew = true
  let centre = { x: width / 2, y: height / 2 }

  const button = (name, words, run) => h('button', { type: 'button', class: 'quiet', 'aria-label': words, title: words, on: { click: run } }, icon(name))
  const stage = h('div', { class: 'graph-stage' }, svg)
  const element = h('div', { class: 'graph', on: { keydown: keyed } },
    h('div', { class: 'graph-tools', role: 'group', 'aria-label': 'Zoom' },
      button('plus', 'Zoom in (+)', () => zoomBy(STEP)),
      button('minus', 'Zoom out (-)', () => zoomBy(1 / STEP)),
      button('whole', 'Show all of it (0)', whole)),
    stage)

  function draw() {
    const box = stage.getBoundingClientRect()
    const [w, h] = [width + 2 * MARGIN, height + 2 * MARGIN]
    // Never larger than life where all of it is shown.
    const whole = Math.min(box.width / w, box.height / h, 1.1) || 1
    if (isNew && box.width > 0) {
      isNew = false
      zoom = Math.max(1, LEAST_SCALE / whole)
      if (zoom > 1) centre.y = 0
    }
    const scale = whole * zoom
    const [seenWidth, seenHeight] = [box.width / scale, box.height / scale]
    centre.x = within(centre.x, seenWidth, width)
    centre.y = within(centre.y, seenHeight, height)
    mark(svg, 'viewBox', `${centre.x - seenWidth / 2} ${centre.y - seenHeight / 2} ${seenWidth} ${seenHeight}`)
    element.dataset.zoom = zoom.toFixed(2)
    return scale
  }

  function zoomBy(factor, at = centre) {
    const before = zoom
    zoom = Math.min(CLOSEST, Math.max(1, zoom * factor))
    const by = 1 - before / zoom
    centre = { x: centre.x + (at.x - centre.x) * by, y: centre.y + (at.y - centre.y) * by }
    draw()
  }

  function whole() {
    zoom = 1
    centre = { x: width / 2, y: height / 2 }
    draw()
  }

  function panBy(x, y) {
    const scale = draw()
    centre = { x: centre.x + x / scale, y: centre.y + y / scale }
    draw()
  }

  function placeOf(event) {
    const box = stage.getBoundingClientRect()
    const [x, y, w, h] = svg.getAttribute('viewBox').split(' ').map(Number)
    return { x: x + (event.clientX - box.left) / box.width * w, y: y + (event.clientY - box.top) / box.height * h }
  }

  function keyed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const far = 60
    const run = {
      '+': () => zoomBy(STEP), '=': () => zoomBy(STEP), '-': () => zoomBy(1 / STEP), 0: whole,
      ...(event.shiftKey && {
        ArrowLeft: () => panBy(-far, 0), ArrowRight: () => panBy(far, 0), ArrowUp: () => panBy(0, -far), ArrowDown: () => panBy(0, far),
      }),
    }[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  stage.addEventListener('wheel', event => {
    // The page scrolls as everywhere; with Control, as a pinch is told, one comes nearer.
    if (!event.ctrlKey) return
    event.preventDefault()
    zoomBy(Math.exp(-event.deltaY / 200), placeOf(event))
  }, { passive: false })
  stage.addEventListener('pointerdown', event => {
    if (event.button !== 0) return
    let [x, y] = [event.clientX, event.clientY]
    let isDrag = false
    const moved = event => {
      if (!isDrag && Math.hypot(event.clientX - x, event.clientY - y) < 4) return
      isDrag = true
      stage.classList.add('is-dragged')
      panBy(x - event.clientX, y - event.clientY)
      ;[x, y] = [event.clientX, event.clientY]
    }
    const ended = () => {
      stage.classList.remove('is-dragged')
      removeEventListener('pointermove', moved)
      removeEventListener('pointerup', ended)
      removeEventListener('pointercancel', ended)
      // A drag that ends on a state does not choose it.
      if (isDrag) addEventListener('click', event => event.stopPropagation(), { capture: true, once: true })
    }
    addEventListener('pointermove', moved)
    addEventListener('pointerup', ended)
    addEventListener('pointercancel', ended)
  })
  const observer = new ResizeObserver(draw)
  observer.observe(stage)
  return { element, svg, close: () => observer.disconnect() }
}

function within(centre, seen, size) {
  if (seen >= size) return size / 2
  return Math.min(size - seen / 2 + MARGIN, Math.max(seen / 2 - MARGIN, centre))
}
