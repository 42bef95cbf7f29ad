// The definition that an execution runs by, which stays the one that it began with.

import { get } from '../api.js'
import { h, replace } from '../dom.js'
import { jsonTree } from '../json_tree.js'

/** The tab. */
export function definitionTab({ executionArn, context }) {
  const element = h('div', {}, h('p', { class: 'hint' }, 'Loading…'))
  let asked = false
  return {
    element,
    async update() {
      if (asked) return
      asked = true
      try {
        const { definition } = await get('definition', { arn: executionArn }, { signal: context.signal })
        replace(element, jsonTree(definition, 'Definition'))
      } catch (error) {
        context.trouble(error)
      }
    },
  }
}
