// One execution: how it is on top, then the same in six ways, and beside it the state that was chosen.

import { clear as clearPanel, statePanel } from '../execution/state_panel.js'
import { dataTab } from '../execution/data_tab.js'
import { definitionTab } from '../execution/definition_tab.js'
import { eventsTab } from '../execution/events_tab.js'
import { fetchExecution } from '../execution/unfolded.js'
import { graphTab } from '../execution/graph_tab.js'
import { headerOf } from '../execution/header.js'
import { statesTab } from '../execution/states_tab.js'
import { timelineTab } from '../execution/timeline_tab.js'
import { Fault } from '../api.js'
import { h, replace } from '../dom.js'
import { nameOf } from '../format.js'
import { unhurried } from '../frame.js'
import { change } from '../router.js'
import { wordOf } from '../status.js'
import { listen } from '../stream.js'
import { makeTabs } from '../tabs.js'

export const title = 'Execution'

const TABS = [
  { id: 'graph', label: 'Graph', make: graphTab },
  { id: 'timeline', label: 'Timeline', make: timelineTab },
  { id: 'states', label: 'States', make: statesTab },
  { id: 'events', label: 'Events', make: eventsTab },
  { id: 'data', label: 'Data', make: dataTab },
  { id: 'definition', label: 'Definition', make: definitionTab },
]
const PAUSE = 250
/** A stream tells of so many executions. */
const FOLLOWED = 8

export function identity(parameters) {
  return parameters.get('arn')
}

export async function open(context, first) {
  const executionArn = first.get('arn')
  if (!executionArn) throw new Fault(400, 'NoExecution', 'The URL names no execution; expected `arn`.')
  let parameters = first
  let told = await fetchExecution(executionArn, context.signal)
  context.title(told.view.name ?? nameOf(executionArn))
  let tab = null
  let stream = null
  const unfolded = new Map()

  const model = {
    executionArn,
    get told() {
      return told
    },
    unfolded,
    chosen: () => ({ visit: parameters.get('visit'), of: parameters.get('of') ?? executionArn }),
    choose(visit, of) {
      change({ visit, of: of === executionArn ? '' : of }, { replacing: parameters.has('visit') })
    },
    async fold(nestedArn) {
      if (!unfolded.delete(nestedArn)) unfolded.set(nestedArn, await fetchExecution(nestedArn, context.signal))
      follow()
      tab?.update()
    },
    refresh: () => refresh(),
    context,
  }

  const header = headerOf(model)
  const tabs = makeTabs('Ways to look at it', TABS, id => change({ tab: id === 'graph' ? '' : id }, { replacing: true }))
  const panel = h('aside', { class: 'state-panel', 'aria-label': 'Chosen state', hidden: true })
  const layout = h('div', { class: 'execution-layout' }, h('div', { class: 'execution-view' }, tabs.list, tabs.panel), panel)
  replace(context.main, header.element, layout)

  const refresh = unhurried(async () => {
    const before = told.view.status
    const nested = [...unfolded.keys()]
    try {
      const [mine, ...theirs] = await Promise.all([executionArn, ...nested].map(arn => fetchExecution(arn, context.signal)))
      told = mine
      nested.forEach((arn, at) => unfolded.has(arn) && unfolded.set(arn, theirs[at]))
    } catch (error) {
      return context.trouble(error)
    }
    if (told.view.status !== before) context.announce(`Execution: ${wordOf(told.view.status)}`)
    header.update()
    tab?.update()
    panelOf.update()
  }, PAUSE)

  function follow() {
    stream?.close()
    stream = listen({ arn: [executionArn, ...unfolded.keys()].slice(0, FOLLOWED) }, { execution: refresh, opened: refresh }, context.live)
  }

  const panelOf = {
    shown: null,
    update() {
      const { visit, of } = model.chosen()
      panel.hidden = !visit
      layout.classList.toggle('with-panel', Boolean(visit))
      if (!visit) clearPanel(panel)
      else statePanel(panel, model, of, visit)
    },
  }

  function showTab() {
    const wanted = TABS.find(one => one.id === parameters.get('tab')) ?? TABS[0]
    if (tab?.id === wanted.id) return tab.update()
    tab?.close?.()
    tabs.show(wanted.id)
    const made = wanted.make(model)
    tab = { ...made, id: wanted.id }
    replace(tabs.panel, made.element)
    tab.update()
    context.shortcuts([
      ...TABS.map((one, at) => ({
        keys: String(at + 1), label: one.label, run: () => change({ tab: at === 0 ? '' : one.id }, { replacing: true }),
      })),
      { keys: 'x', label: 'Close the chosen state', run: () => change({ visit: '', of: '' }) },
      { keys: 's', label: 'Stop it', run: header.stop },
      { keys: 'r', label: 'Redrive it', run: header.redrive },
      ...(made.shortcuts ?? []),
    ])
  }

  showTab()
  panelOf.update()
  follow()

  return {
    update(now) {
      parameters = now
      showTab()
      panelOf.update()
    },
    close() {
      stream?.close()
      refresh.cancel()
      tab?.close?.()
    },
  }
}
