// A JSON value that unfolds where one wants to see more, so that a large one costs no more than what is seen.

import { h, replace } from './dom.js'
import { count } from './format.js'

const AT_ONCE = 100
const OPEN_DEPTH = 3
const SHORT = 2_000

/** The tree of a value. */
export function jsonTree(value, label) {
  return h('div', { class: 'json', role: 'group', 'aria-label': label }, node(null, value, 0))
}

/** The tree of a text that is JSON, or the text where it is none. */
export function jsonTextTree(text, label) {
  try {
    return jsonTree(JSON.parse(text), label)
  } catch {
    return h('pre', { class: 'json', 'aria-label': label }, text)
  }
}

function node(key, value, depth) {
  const name = key == null ? null : h('span', { class: 'json-key' }, typeof key === 'number' ? key : JSON.stringify(key), ': ')
  if (value === null || typeof value !== 'object') return h('div', { class: 'json-leaf' }, name, leaf(value))
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
  if (typeof value !== 'string') return h('span', { class: `json-${value === null ? 'null' : typeof value}` }, String(value))
  const text = JSON.stringify(value)
  if (text.length <= SHORT) return h('span', { class: 'json-string' }, text)
  const holder = h('span', { class: 'json-string' })
  return replace(holder, `${text.slice(0, SHORT)}… `, h('button', { type: 'button', class: 'small', on: { click: () => replace(holder, text) } },
    `Show all ${count(text.length)} characters`))
}
