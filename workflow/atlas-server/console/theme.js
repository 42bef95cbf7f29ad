// Dark, light, or as the system has it: what was chosen stays in this browser.

import { h, mark, replace } from './dom.js'
import { icon } from './icons.js'

const KEY = 'atlas.theme'
const CHOICES = ['system', 'light', 'dark']

function chosen() {
  const kept = localStorage.getItem(KEY)
  return CHOICES.includes(kept) ? kept : 'system'
}

function apply(choice) {
  mark(document.documentElement, 'data-theme', choice === 'system' ? null : choice)
}

/** As it was when the page was last left. */
export function restore() {
  apply(chosen())
}

/** Goes on to the next choice, and says which it is. */
export function next() {
  const choice = CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]
  localStorage.setItem(KEY, choice)
  apply(choice)
  return choice
}

/** The switch. */
export function themeSwitch(announce) {
  const button = h('button', { class: 'quiet', type: 'button', on: { click: () => {
    const choice = next()
    draw(choice)
    announce(`Theme: ${choice}`)
  } } })
  const draw = choice => {
    const label = `Theme: ${choice}. Change it`
    mark(button, 'aria-label', label)
    mark(button, 'title', label)
    replace(button, icon(choice))
  }
  draw(chosen())
  return button
}
