// Durations that go on: one clock for all of them, which writes only what changed.

import { mark, write } from './dom.js'
import { duration, relative } from './format.js'

/** Lets an element tell how long it is since a moment. */
export function goesOn(element, since) {
  delete element.dataset.moment
  mark(element, 'data-since', since)
  write(element, duration(Date.now() - since))
  return element
}

/** Lets an element tell how far a moment is away. */
export function tellsDistance(element, moment) {
  delete element.dataset.since
  mark(element, 'data-moment', moment)
  write(element, relative(moment))
  return element
}

/** Lets it tell what it says now, for good. */
export function stands(element, text) {
  delete element.dataset.since
  delete element.dataset.moment
  write(element, text)
  return element
}

/** Starts the clock. */
export function begin() {
  setInterval(() => {
    if (document.hidden) return
    const now = Date.now()
    for (const element of document.querySelectorAll('[data-since]')) {
      write(element, duration(now - Number(element.dataset.since)))
    }
    for (const element of document.querySelectorAll('[data-moment]')) {
      write(element, relative(Number(element.dataset.moment), now))
    }
  }, 1_000)
}
