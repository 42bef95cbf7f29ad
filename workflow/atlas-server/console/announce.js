// What a screen reader is told of what changes by itself: politely, and not every frame of it.

import { h } from './dom.js'

const region = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' })

/** The element, to be put into the page once. */
export function liveRegion() {
  return region
}

/** Says it. */
export function announce(text) {
  if (region.textContent !== text) region.textContent = text
}
