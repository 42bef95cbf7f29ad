// The state machines: how their executions do, how they are drawn and what their definitions say.

import { get } from '../api.js'
import { h, replace, write } from '../dom.js'
import { count, moment, time } from '../format.js'
import { graphView } from '../graph_view.js'
import { jsonTree } from '../json_tree.js'
import { link } from '../router.js'
import { badge } from '../status.js'
import { listen } from '../stream.js'

export const title = 'Machines'

export function identity(parameters) {
  return parameters.get('machine') ?? ''
}

export async function open(context, parameters) {
  const { machines } = await get('machines', {}, { signal: context.signal })
  const chosen = parameters.get('machine')
  return chosen ? one(context, machines, chosen) : all(context, machines)
}

function all(context, machines) {
  const numbers = new Map()
  const row = machine => {
    const cells = ['RUNNING', 'SUCCEEDED', 'FAILED'].map(status => {
      const cell = h('td', { class: 'number' }, '–')
      numbers.set(`${machine.stateMachineArn} ${status}`, cell)
      return cell
    })
    return h('tr', {},
      h('th', { scope: 'row' }, h('a', { href: link('machines', { machine: machine.stateMachineArn }) }, machine.name)),
      h('td', {}, machine.type), h('td', { title: moment(machine.createdAt) }, time(machine.createdAt)), cells,
      h('td', {}, h('a', { href: link('executions', { machine: machine.stateMachineArn }) }, 'Executions'), ' · ',
        h('a', { href: link('start', { machine: machine.stateMachineArn }) }, 'Start')))
  }
  replace(context.main, h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, title)),
    machines.length === 0 ? h('div', { class: 'empty' }, h('p', {}, 'There is no state machine. CreateStateMachine makes one.'))
      : h('div', { class: 'table-frame', role: 'region', 'aria-label': 'Machines', tabindex: '0' }, h('table', {},
        h('thead', {}, h('tr', {}, ['Name', 'Type', 'Created'].map(name => h('th', { scope: 'col' }, name)),
          ['Running', 'Succeeded', 'Failed'].map(name => h('th', { scope: 'col', class: 'number' }, name)), h('th', { scope: 'col' }, 'Go to'))),
        h('tbody', {}, machines.map(row)))))
  const stream = listen({ list: 1 }, { counts: counts => {
    for (const machine of counts.machines) {
      for (const [status, value] of Object.entries(machine.counts)) {
        const cell = numbers.get(`${machine.stateMachineArn} ${status}`)
        if (cell) write(cell, count(value))
      }
    }
  } }, context.live)
  return { close: stream.close }
}

async function one(context, machines, stateMachineArn) {
  const machine = machines.find(other => other.stateMachineArn === stateMachineArn)
  const [{ svg }, { definition }] = await Promise.all([
    get('graph', { machine: stateMachineArn }, { signal: context.signal }),
    get('definition', { machine: stateMachineArn }, { signal: context.signal }),
  ])
  const name = machine?.name ?? stateMachineArn.split(':').pop()
  context.title(name)
  const view = graphView(svg, `States of ${name}`)
  const counts = h('ul', { class: 'legend', 'aria-label': 'Executions by status' })
  replace(context.main,
    h('nav', { class: 'crumbs', 'aria-label': 'Where this is' }, h('a', { href: link('machines') }, 'Machines')),
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, name),
      machine && h('span', { class: 'hint' }, machine.type),
      h('div', { class: 'actions' }, h('a', { class: 'button', href: link('executions', { machine: stateMachineArn }) }, 'Executions'),
        h('a', { class: 'button primary', href: link('start', { machine: stateMachineArn }) }, 'Start one'))),
    counts,
    h('div', { class: 'two-columns' },
      h('section', {}, h('h2', {}, 'Graph'), h('div', { class: 'graph-holder' }, view.element)),
      h('section', {}, h('h2', {}, 'Definition'), jsonTree(definition, 'Definition'))))
  const stream = listen({ list: 1 }, { counts: told => {
    const mine = told.machines.find(other => other.stateMachineArn === stateMachineArn)?.counts ?? {}
    replace(counts, Object.entries(mine).filter(([, value]) => value > 0).map(([status, value]) => h('li', {}, badge(status), ' ', h('span', { class: 'number' }, count(value)))))
  } }, context.live)
  return {
    close() {
      stream.close()
      view.close()
    },
  }
}
