// Takes a drawing that the server made into the page: only elements and attributes that such a drawing
// has, made anew. Whatever else it may hold, a script or a link, stays outside.

import { s } from './dom.js'

const ELEMENTS = new Set(['svg', 'g', 'defs', 'marker', 'title', 'rect', 'path', 'polygon', 'circle', 'text'])
const ATTRIBUTES = new Set([
  'x', 'y', 'width', 'height', 'rx', 'ry', 'cx', 'cy', 'r', 'd', 'points', 'viewBox', 'class', 'text-anchor', 'refX', 'refY',
  'markerWidth', 'markerHeight', 'markerUnits', 'orient', 'data-state', 'data-type',
])
const MARKER = /^atlas-[a-z]+$/
const TO_MARKER = /^url\(#atlas-[a-z]+\)$/

/** The drawing in a text, or an error where it is none. */
export function adoptSvg(text) {
  // Its own style is not ours, and would be told of as a breach of the page's policy.
  const bare = text.replace(/<style>[^<]*<\/style>/g, '')
  const parsed = new DOMParser().parseFromString(bare, 'image/svg+xml')
  if (parsed.querySelector('parsererror') || parsed.documentElement.localName !== 'svg') throw new Error('the server sent no drawing')
  return adopt(parsed.documentElement)
}

function adopt(element) {
  const attributes = {}
  for (const { name, value } of element.attributes) {
    if (ATTRIBUTES.has(name) || (name === 'id' && MARKER.test(value)) || (name === 'marker-end' && TO_MARKER.test(value))) attributes[name] = value
  }
  const children = []
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) children.push(child.data)
    else if (child.nodeType === Node.ELEMENT_NODE && ELEMENTS.has(child.localName)) children.push(adopt(child))
  }
  return s(element.localName, attributes, children)
}
