// A JSON value that unfolds where one wants to see more, so that a large one costs no more than what is seen.

import { announce } from './announce.js'
import { h, replace } from './dom.js'
import { count } from './format.js'

const AT_ONCE = 100
const OPEN_DEPTH = 3
const SHORT = 2_000

/** A number as it was written, where reading it would change it. */
class ExactNumber {
  constructor(text) {
    this.text = text
  }

  toString() {
    return this.text
  }
}

/** The tree of a value. */
export function jsonTree(value, label) {
  return frame(label, node(null, value, 0), () => JSON.stringify(value, null, 2))
}

/** The tree of a text that is JSON, or the text where it is none. */
export function jsonTextTree(text, label) {
  try {
    return frame(label, node(null, JSON.parse(text, exactly), 0), () => text)
  } catch {
    return frame(label, h('pre', {}, text), () => text)
  }
}

function exactly(key, value, context) {
  const isOther = typeof value === 'number' && context?.source !== undefined && context.source !== String(value)
  return isOther ? new ExactNumber(context.source) : value
}

function frame(label, content, text) {
  // Browsers let only pages from a safe origin write there.
  const copy = navigator.clipboard && h('button', { type: 'button', class: 'small copy', 'aria-label': `Copy: ${label}`, on: { click: async () => {
    await navigator.clipboard.writeText(text())
    announce(`Copied: ${label}`)
  } } }, 'Copy')
  return h('div', { class: 'json', role: 'group', 'aria-label': label, tabindex: '0' }, copy, content)
}

function node(key, value, depth) {
  const name = key == null ? null : h('span', { class: 'json-key' }, typeof key === 'number' ? key : JSON.stringify(key), ': ')
  if (value === null || typeof value !== 'object' || value instanceof ExactNumber) return h('div', { class: 'json-leaf' }, name, leaf(value))
  const isList = Array.isArray(value)
  const size = isList ? value.length : Object.keys(value).length
  const [opening, closing] = isList ? '[]' : '{}'
  if (size === 0) return h('div', { class: 'json-leaf' }, name, h('span', { class: 'json-mark' }, opening + closing))
  const inside = h('div', { class: 'json-inside' })
  const fill = () => inside.firstChild || more(inside, isList ? value : Object.entries(value), isList, 0, depth + 1)
  const opened = depth < OPEN_DEPTH && size <= AT_ONCE
  if (opened) fill()
  return h('details', { open: opened, on: { toggle: fill } },
    h('summary', {}, name, h('span', { class: 'json-mark' }, opening), h('span', { class: 'json-size' },
      ` ${count(size)} ${isList ? (size === 1 ? 'item' : 'items') : (size === 1 ? 'field' : 'fields')} `), h('span', { class: 'json-mark' }, closing)),
    inside)
}

function more(inside, children, isList, from, depth) {
  const until = Math.min(children.length, from + AT_ONCE)
  for (let at = from; at < until; at++) {
    const [key, value] = isList ? [at, children[at]] : children[at]
    inside.append(node(key, value, depth))
  }
  if (until < children.length) {
    const button = h('button', { type: 'button', class: 'small', on: { click: () => {
      button.remove()
      more(inside, children, isList, until, depth)
    } } }, `Show ${count(Math.min(AT_ONCE, children.length - until))} of ${count(children.length - until)} more`)
    inside.append(button)
  }
}

function leaf(value) {
  if (typeof value !== 'string') return h('span', { class: `json-${value === null ? 'null' : value instanceof ExactNumber ? 'number' : typeof value}` }, String(value))
  const text = JSON.stringify(value)
  if (text.length <= SHORT) return h('span', { class: 'json-string' }, text)
  const holder = h('span', { class: 'json-string' })
  return replace(holder, `${text.slice(0, SHORT)}… `, h('button', { type: 'button', class: 'small', on: { click: () => replace(holder, text) } },
    `Show all ${count(text.length)} characters`))
}
