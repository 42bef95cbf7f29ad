// What takes the time, over the last executions of a machine: the report of `atlas profile`.

import { address, get } from '../api.js'
import { h, replace } from '../dom.js'
import { markdown } from '../markdown.js'
import { change } from '../router.js'

export const title = 'Profile'

const LAST = ['20', '50', '200']
const USUAL = '200'

export async function open(context, first) {
  let parameters = first
  const { machines } = await get('machines', {}, { signal: context.signal })
  const machine = h('select', { id: 'profile-machine', on: { change: () => change({ machine: machine.value }) } },
    machines.map(one => h('option', { value: one.stateMachineArn }, one.name)))
  const last = h('select', { id: 'profile-last', on: { change: () => change({ last: last.value === USUAL ? '' : last.value }) } },
    LAST.map(value => h('option', { value }, value)))
  const page = h('a', { class: 'button', download: 'profile.html' }, 'Save as HTML')
  const data = h('a', { class: 'button', download: 'profile.json' }, 'Save as JSON')
  const report = h('article', { class: 'report', 'aria-live': 'polite' })
  replace(context.main,
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, title), h('div', { class: 'actions' }, page, data)),
    h('div', { class: 'filters' }, h('div', { class: 'fields' },
      h('div', { class: 'field' }, h('label', { for: 'profile-machine' }, 'Machine'), machine),
      h('div', { class: 'field' }, h('label', { for: 'profile-last' }, 'Last executions'), last))),
    report)

  async function load() {
    if (machines.length === 0) return replace(report, h('p', {}, 'There is no state machine.'))
    machine.value = parameters.get('machine') ?? machines[0].stateMachineArn
    last.value = LAST.includes(parameters.get('last')) ? parameters.get('last') : USUAL
    const asked = { machine: machine.value, last: last.value }
    page.href = address('profile', { ...asked, format: 'html' })
    data.href = address('profile', { ...asked, format: 'json' })
    replace(report, h('p', { class: 'hint' }, 'Reading the executions…'))
    try {
      replace(report, markdown(await get('profile', { ...asked, format: 'markdown' }, { signal: context.signal })))
    } catch (error) {
      if (error.name === 'AbortError') return
      if (error.wantsToken) return context.trouble(error)
      replace(report, h('div', { class: 'notice bad', role: 'alert' }, error.message))
    }
  }

  await load()
  return {
    update(now) {
      parameters = now
      return load()
    },
  }
}
