// How the pipeline does: what runs and how executions ended, how long steps and services take, what is slow.

import { get } from '../api.js'
import { h, replace, write } from '../dom.js'
import { count, duration, machineOf, moment, nameOf, time } from '../format.js'
import { unhurried } from '../frame.js'
import { outcomesChart } from '../overview/outcomes_chart.js'
import { timesTable } from '../overview/times_table.js'
import { change, executionLink, link } from '../router.js'
import { OF_EXECUTIONS, badge } from '../status.js'
import { listen } from '../stream.js'

export const title = 'Overview'

const WINDOWS = [['300', '5 minutes'], ['900', '15 minutes'], ['3600', '1 hour']]
const USUAL = '900'
const PAUSE = 2_000

export async function open(context, first) {
  let parameters = first
  const span = h('select', { id: 'window', on: { change: () => change({ window: span.value === USUAL ? '' : span.value }, { replacing: true }) } },
    WINDOWS.map(([value, label]) => h('option', { value }, `Last ${label}`)))
  const tiles = new Map(OF_EXECUTIONS.map(status => {
    const number = h('span', { class: 'tile-number' }, '–')
    return [status, { number, element: h('a', { class: 'tile', href: link('executions', { status }) }, badge(status), number) }]
  }))
  const outcomes = outcomesChart()
  const machines = timesTable('Executions by machine', ['Machine'])
  const states = timesTable('States', ['State', 'Machine'])
  const services = timesTable('Services outside', ['Service', 'Operation'])
  const slowest = h('ol', { class: 'slowest' })
  const part = (words, content, note) => h('section', { class: note === undefined ? 'card' : 'card wide' }, h('h2', {}, words), note && h('p', { class: 'hint' }, note), content)

  replace(context.main,
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, title), h('div', { class: 'actions' },
      h('label', { class: 'unseen', for: 'window' }, 'Time'), span)),
    h('div', { class: 'tiles', role: 'group', 'aria-label': 'Executions by status' }, [...tiles.values()].map(tile => tile.element)),
    h('div', { class: 'cards' },
      part('Executions that ended', outcomes.element),
      part('Slowest steps', slowest),
      part('Executions', machines.element, 'From their start to their end, by machine.'),
      part('States', states.element, 'By the time that they took together.'),
      part('Services outside', services.element, 'Calls of the handlers, as they saw them.')))

  function drawCounts({ total }) {
    for (const [status, { number, element }] of tiles) {
      const value = total[status] ?? 0
      write(number, count(value))
      element.hidden = status === 'PENDING_REDRIVE' && value === 0
    }
  }

  async function load() {
    span.value = parameters.get('window') ?? USUAL
    const told = await get('pipeline', { window: span.value }, { signal: context.signal })
    const bySum = (a, b) => b.totalMs - a.totalMs
    outcomes.draw(told)
    machines.draw((told.executions ?? []).sort(bySum), one => [one.name], told)
    states.draw((told.states ?? []).sort(bySum), one => [one.name, one.machine], told)
    services.draw((told.services ?? []).sort(bySum), one => [one.service, one.operation], told)
    drawSlowest(told.slowest ?? [])
  }

  function drawSlowest(all) {
    const now = JSON.stringify(all)
    if (slowest.drawn === now) return
    slowest.drawn = now
    replace(slowest, all.length === 0 ? h('li', { class: 'hint' }, 'Nothing ended in this time.') : all.map(one => h('li', {},
      h('span', { class: 'number' }, duration(one.durationMs)),
      h('a', { href: executionLink(one.executionArn, { tab: 'timeline' }) }, one.state),
      h('span', { class: 'hint' }, `${one.machine ?? machineOf(one.executionArn)} · ${nameOf(one.executionArn)}`),
      h('time', { class: 'hint', title: moment(one.at) }, time(one.at)))))
  }

  const refresh = unhurried(() => load().catch(error => {
    context.trouble(error)
  }), PAUSE)
  const stream = listen({ list: 1 }, { counts: drawCounts, changed: refresh, opened: refresh }, context.live)
  await load()
  return {
    update(now) {
      parameters = now
      return load()
    },
    close() {
      stream.close()
      refresh.cancel()
    },
  }
}
