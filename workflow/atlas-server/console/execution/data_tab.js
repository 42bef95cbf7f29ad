// What an execution was given and what it gave back.

import { h, replace } from '../dom.js'
import { bytes } from '../format.js'
import { jsonTextTree, jsonTree } from '../json_tree.js'

/** The tab. */
export function dataTab(model) {
  const input = h('section', { class: 'step' })
  const output = h('section', { class: 'step' })
  let drawn = null
  return {
    element: h('div', { class: 'two-columns' }, input, output),
    update() {
      const { told, view } = model.told
      const now = `${view.status} ${told?.output?.length}`
      if (now === drawn) return
      drawn = now
      part(input, 'Input', told?.input, told?.inputBytes)
      part(output, 'Output', told?.output, told?.outputBytes, view.status === 'RUNNING' ? 'It has not ended yet.' : 'It ended without an output.')
    },
  }
}

function part(section, title, value, size, otherwise = 'It was given none.') {
  replace(section, h('h2', {}, title),
    value == null ? h('p', { class: 'hint' }, size == null ? otherwise : `${bytes(size)}: more than is shown here.`)
      : typeof value === 'string' ? jsonTextTree(value, title) : jsonTree(value, title))
}
