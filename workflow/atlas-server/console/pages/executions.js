// Executions: found by what one knows of them, and counted as they come and go.

import { get } from '../api.js'
import { goesOn, stands } from '../clock.js'
import { h, mark, replace, write } from '../dom.js'
import { executionRows } from '../execution_rows.js'
import { count, duration, machineOf, moment, nameOf, time } from '../format.js'
import { change, executionLink, link } from '../router.js'
import { OF_EXECUTIONS, badge, show, wordOf } from '../status.js'
import { listen } from '../stream.js'
import { makeList } from '../virtual_list.js'

export const title = 'Executions'

const SPANS = [['', 'Any time'], ['15m', 'Last 15 minutes'], ['1h', 'Last hour'], ['24h', 'Last 24 hours'], ['7d', 'Last 7 days']]
const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 }
/** Nothing that looks like a telephone number is put into a URL. */
const PHONE = /^\+?[\d\s().-]{7,}$/

export async function open(context, first) {
  const { machines } = await get('machines', {}, { signal: context.signal })
  let parameters = first
  let phone = null
  let rows = null

  const chips = new Map(OF_EXECUTIONS.map(status => {
    const number = h('span', { class: 'chip-count' }, '–')
    const button = h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', on: { click: () => {
      const chosen = new Set(parameters.getAll('status'))
      if (!chosen.delete(status)) chosen.add(status)
      change({ status: [...chosen] })
    } } }, badge(status), number)
    return [status, { button, number }]
  }))
  const machine = h('select', { id: 'filter-machine', on: { change: () => change({ machine: machine.value }) } },
    h('option', { value: '' }, 'All machines'),
    machines.map(one => h('option', { value: one.stateMachineArn }, one.name)))
  const since = h('select', { id: 'filter-since', on: { change: () => change({ since: since.value, until: '' }) } },
    SPANS.map(([value, label]) => h('option', { value }, label)))
  const order = h('select', { id: 'filter-order', on: { change: () => change({ order: order.value }) } },
    h('option', { value: '' }, 'Newest first'), h('option', { value: 'oldest' }, 'Oldest first'))
  const name = textFilter('filter-name', 'Name contains', value => change({ name: value }, { replacing: true }))
  const key = textFilter('filter-key', 'Lead, contact, interaction or phone', value => {
    phone = PHONE.test(value.trim()) ? value.trim() : null
    if (phone && !parameters.get('key')) return reload()
    change({ key: phone ? '' : value }, { replacing: true })
  })
  const clear = h('a', { class: 'button', href: link('executions'), on: { click: () => {
    phone = null
    key.value = ''
    reload()
  } } }, 'Clear')
  const found = h('p', { class: 'hint found', role: 'status' })
  const fresh = h('button', { type: 'button', class: 'fresh primary', hidden: true, on: { click: async () => {
    list.toTop()
    await rows.fromTop()
  } } }, 'Newer executions: show them')
  const empty = h('div', { class: 'empty', hidden: true })

  const list = makeList({
    label: 'Executions',
    className: 'executions',
    columns: [
      { label: 'Status', class: 'c-status' }, { label: 'Name', class: 'c-name' }, { label: 'Machine', class: 'c-machine' },
      { label: 'Started', class: 'c-started' }, { label: 'Duration', class: 'c-duration number' }, { label: 'Redrives', class: 'c-redrives number' },
    ],
    makeRow,
    drawRow,
    rowAt: index => rows?.rowAt(index),
    range: (from, to) => rows?.see(from, to),
  })

  replace(context.main,
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, title),
      h('a', { class: 'button primary', href: link('start') }, 'Start one')),
    h('form', { class: 'filters', role: 'search', 'aria-label': 'Filter executions', on: { submit: event => event.preventDefault() } },
      h('div', { class: 'chips', role: 'group', 'aria-label': 'Status' }, [...chips.values()].map(chip => chip.button)),
      h('div', { class: 'fields' },
        labelled('filter-key', 'Key', key), labelled('filter-name', 'Name', name),
        labelled('filter-machine', 'Machine', machine), labelled('filter-since', 'Started', since), labelled('filter-order', 'Order', order), clear)),
    h('div', { class: 'list-status' }, found, fresh),
    list.element, empty)

  function drawAll() {
    const number = rows.count()
    list.setCount(number)
    list.draw()
    const isNothing = number === 0 && rows.isWhole()
    list.element.hidden = isNothing
    empty.hidden = !isNothing
    if (isNothing) drawEmpty()
    write(found, rows.isWhole() ? `${count(number)} ${number === 1 ? 'execution' : 'executions'}` : `${count(number)} read so far, more below`)
  }

  function drawEmpty() {
    const isFiltered = phone || [...parameters.keys()].length > 0
    replace(empty, isFiltered
      ? h('p', {}, 'No execution is like this. ', h('a', { href: link('executions') }, 'Show all of them.'))
      : h('p', {}, 'Nothing has been started yet. ', h('a', { href: link('start') }, 'Start an execution.')))
  }

  async function reload() {
    rows?.close()
    rows = executionRows({
      filter: filterOf(parameters), phone,
      isAtTop: list.isAtTop,
      changed: drawAll,
      newer: is => (fresh.hidden = !is),
      failed: context.trouble,
      signal: context.signal,
    })
    list.toTop()
    await rows.more()
  }

  function showFilters() {
    const chosen = parameters.getAll('status')
    for (const [status, { button }] of chips) mark(button, 'aria-pressed', String(chosen.includes(status)))
    choose(machine, parameters.get('machine') ?? '', nameOf)
    choose(since, parameters.get('since') ?? '', span => `Since ${span}`)
    choose(order, parameters.get('order') ?? '', word => word)
    if (document.activeElement !== name) name.value = parameters.get('name') ?? ''
    if (document.activeElement !== key && !phone) key.value = parameters.get('key') ?? ''
  }

  function drawCounts(counts) {
    const wanted = parameters.get('machine')
    const of = wanted ? counts.machines.find(one => one.stateMachineArn === wanted)?.counts : counts.total
    for (const [status, { button, number }] of chips) {
      const value = of?.[status] ?? 0
      write(number, count(value))
      button.hidden = status === 'PENDING_REDRIVE' && value === 0 && !parameters.getAll('status').includes(status)
    }
  }

  let counts = null
  const stream = listen({ list: 1 }, {
    counts: told => drawCounts(counts = told),
    changed: () => rows?.refresh(),
    opened: () => rows?.refresh(),
  }, context.live)
  context.shortcuts([
    { keys: '/', label: 'Go to the filter', run: () => key.focus() },
    { keys: 'j', label: 'Next execution', run: () => list.move(1) },
    { keys: 'k', label: 'Execution before', run: () => list.move(-1) },
  ])
  showFilters()
  await reload()

  return {
    update(now) {
      parameters = now
      showFilters()
      if (counts) drawCounts(counts)
      return reload()
    },
    close() {
      stream.close()
      rows?.close()
      list.close()
    },
  }
}

/** What the API is asked, of what the URL says. */
function filterOf(parameters) {
  const at = name => {
    const text = parameters.get(name)
    const span = /^(\d+)([mhd])$/.exec(text ?? '')
    if (span) return Date.now() - Number(span[1]) * UNITS[span[2]]
    return text ? Date.parse(text) || undefined : undefined
  }
  return {
    status: parameters.getAll('status'),
    machine: parameters.get('machine'),
    name: parameters.get('name'),
    key: parameters.get('key'),
    since: at('since'),
    until: at('until'),
    order: parameters.get('order'),
  }
}

function makeRow() {
  const cell = (name, ...children) => h('span', { class: name, role: 'gridcell' }, children)
  const row = h('div', {},
    cell('c-status', badge()), cell('c-name', h('a', { 'data-primary': true })), cell('c-machine'),
    cell('c-started', h('time')), cell('c-duration number'), cell('c-redrives number'))
  const [status, name, machine, started, length, redrives] = row.children
  row.parts = { status: status.firstChild, name: name.firstChild, machine, started: started.firstChild, length, redrives }
  return row
}

function drawRow(row, execution) {
  const parts = row.parts
  if (!execution) return
  show(parts.status, execution.status)
  write(parts.name, execution.name)
  mark(parts.name, 'href', executionLink(execution.executionArn))
  mark(parts.name, 'aria-label', `${execution.name}, ${wordOf(execution.status)}`)
  mark(parts.name, 'title', execution.name)
  write(parts.machine, execution.stateMachineArn ? nameOf(execution.stateMachineArn) : machineOf(execution.executionArn))
  write(parts.started, time(execution.startedAt))
  mark(parts.started, 'title', moment(execution.startedAt))
  if (execution.endedAt == null && execution.status === 'RUNNING') goesOn(parts.length, execution.startedAt)
  else stands(parts.length, execution.endedAt == null ? '–' : duration(execution.endedAt - execution.startedAt))
  write(parts.redrives, execution.redriveCount ? `${execution.redriveCount} redrive${execution.redriveCount === 1 ? '' : 's'}` : '')
}

/** Shows what the URL says, also where it is none of what one can choose. */
function choose(select, value, label) {
  if (![...select.options].some(option => option.value === value)) select.append(h('option', { value }, label(value)))
  select.value = value
}

function labelled(id, label, control) {
  return h('div', { class: 'field' }, h('label', { for: id }, label), control)
}

/** A text that is searched for when one has stopped to write. */
function textFilter(id, hint, search) {
  let timer = null
  const input = h('input', { id, type: 'search', placeholder: hint, autocomplete: 'off', spellcheck: 'false', on: {
    input: () => {
      clearTimeout(timer)
      timer = setTimeout(() => search(input.value), 250)
    },
    keydown: event => {
      if (event.key === 'Escape' && input.value === '') input.blur()
      if (event.key !== 'Enter') return
      clearTimeout(timer)
      search(input.value)
    },
  } })
  return input
}
