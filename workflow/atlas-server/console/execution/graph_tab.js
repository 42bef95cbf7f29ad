// The graph of the machine with what became of each state in this execution: colour, shape and words.

import { get } from '../api.js'
import { h, mark, replace, s, write } from '../dom.js'
import { count } from '../format.js'
import { graphView } from '../graph_view.js'
import { icon } from '../icons.js'
import { badge, pictureOf, wordOf } from '../status.js'

const LEGEND = ['RUNNING', 'SUCCEEDED', 'CAUGHT', 'FAILED', 'TIMED_OUT', 'ABORTED']

/** The tab. */
export function graphTab(model) {
  const { executionArn, context } = model
  const holder = h('div', { class: 'graph-holder' }, h('p', { class: 'hint' }, 'Drawing…'))
  const element = h('div', {}, holder,
    h('ul', { class: 'legend', 'aria-label': 'Legend' }, LEGEND.map(status => h('li', {}, badge(status))),
      h('li', {}, h('span', { class: 'status', 'data-status': 'NONE' }, 'Not visited'))))
  let view = null
  let nodes = null
  let asked = false

  async function draw() {
    asked = true
    try {
      const { svg } = await get('graph', { arn: executionArn }, { signal: context.signal })
      view = graphView(svg, 'States of the machine')
      nodes = new Map([...view.svg.querySelectorAll('[data-state]')].map(node => [node.dataset.state, prepare(node)]))
      replace(holder, view.element)
      for (const node of nodes.values()) node.box = node.shape.getBBox()
      update()
    } catch (error) {
      context.trouble(error)
    }
  }

  function prepare(element) {
    // The title names it, for whoever listens and whoever hovers.
    const title = element.querySelector('title')
    mark(element, 'role', 'button')
    mark(element, 'tabindex', '-1')
    element.addEventListener('click', () => choose(element.dataset.state))
    element.addEventListener('keydown', event => keyed(event, element))
    const tag = s('g', { class: 'tag', 'aria-hidden': 'true' })
    element.append(tag)
    return { element, title, name: title.textContent, tag, shape: element.querySelector('.shape') }
  }

  function keyed(event, element) {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      return choose(element.dataset.state)
    }
    const by = event.shiftKey ? null : { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    if (!by) return
    event.preventDefault()
    const all = [...nodes.values()]
    const to = all[all.findIndex(node => node.element === element) + by]
    if (!to) return
    for (const node of all) mark(node.element, 'tabindex', node === to ? '0' : '-1')
    to.element.focus()
  }

  function choose(pointer) {
    const visit = model.told.view.visits.findLast(one => one.pointer === pointer)
    if (visit) model.choose(visit.id, executionArn)
    else context.announce('This state was not visited.')
  }

  function update() {
    if (!asked) return draw()
    if (!nodes) return
    const states = new Map((model.told.states ?? []).map(state => [state.pointer, state]))
    const { visit, of } = model.chosen()
    const chosen = of === executionArn && model.told.view.visits.find(one => String(one.id) === visit)?.pointer
    let first = true
    for (const [pointer, node] of nodes) {
      const state = states.get(pointer)
      const status = statusOf(state)
      mark(node.element, 'data-status', status)
      mark(node.element, 'data-chosen', pointer === chosen ? 'true' : null)
      if (!node.element.parentNode.querySelector('[tabindex="0"]') && first) mark(node.element, 'tabindex', '0')
      first = false
      const words = wordsOf(state)
      write(node.title, `${node.name}: ${status === 'NONE' ? 'not visited' : [wordOf(status), words].filter(Boolean).join(', ')}`)
      const now = `${status} ${words}`
      if (node.now !== now) drawTag(node, status, words)
      node.now = now
    }
  }

  function drawTag({ tag, box }, status, words) {
    if (status === 'NONE') return replace(tag)
    const picture = icon(pictureOf(status))
    mark(picture, 'x', box.x + box.width - 11)
    mark(picture, 'y', box.y - 7)
    mark(picture, 'width', 14)
    mark(picture, 'height', 14)
    replace(tag,
      s('circle', { class: 'tag-back', cx: box.x + box.width - 4, cy: box.y, r: 10 }), picture,
      words && s('text', { class: 'tag-words', x: box.x + box.width - 4, y: box.y + box.height + 12, 'text-anchor': 'end' }, words))
  }

  return {
    element,
    update,
    close: () => view?.close(),
    shortcuts: [
      { keys: '+', label: 'Zoom in', run: () => press('+') },
      { keys: '-', label: 'Zoom out', run: () => press('-') },
      { keys: '0', label: 'Show all of the graph', run: () => press('0') },
    ],
  }

  function press(key) {
    view?.element.dispatchEvent(new KeyboardEvent('keydown', { key }))
  }
}

/** What matters most of all visits of a state. */
function statusOf(state) {
  if (!state || !state.visits) return 'NONE'
  if (state.running > 0) return 'RUNNING'
  if (state.failed > 0) return 'FAILED'
  if (state.timedOut > 0) return 'TIMED_OUT'
  if (state.caught > 0) return 'CAUGHT'
  return state.succeeded > 0 ? 'SUCCEEDED' : 'ABORTED'
}

function wordsOf(state) {
  if (!state) return ''
  const words = []
  if (state.visits > 1) words.push(`${count(state.visits)} visits`)
  if (state.attempts > state.visits) words.push(`${count(state.attempts)} attempts`)
  return words.join(', ')
}
