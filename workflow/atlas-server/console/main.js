// Begins: the frame of the page, and in it whatever page the URL names.

import { announce } from './announce.js'
import { Fault } from './api.js'
import { h } from './dom.js'
import { begin as beginClock } from './clock.js'
import { here } from './router.js'
import { makeShell } from './shell.js'
import * as shortcuts from './shortcuts.js'
import { restore as restoreTheme } from './theme.js'
import * as execution from './pages/execution.js'
import * as executions from './pages/executions.js'
import * as machines from './pages/machines.js'
import * as overview from './pages/overview.js'
import * as profile from './pages/profile.js'
import * as signIn from './pages/sign_in.js'
import * as start from './pages/start.js'
import * as stuck from './pages/stuck.js'

/** A page has `title`, `open(context, parameters)`, which returns `{ update?, close? }`, and perhaps `identity(parameters)`. */
const PAGES = { overview, executions, execution, stuck, start, machines, profile }

restoreTheme()
const shell = makeShell()
document.body.prepend(...shell.elements)
shortcuts.begin()
beginClock()

let current = null

async function show() {
  const { page, parameters } = here()
  const module = Object.hasOwn(PAGES, page) ? PAGES[page] : undefined
  const identity = `${page} ${module?.identity?.(parameters) ?? ''}`
  if (current?.identity === identity && current.page) return current.page.update?.(parameters)
  const isFirst = current == null
  leave()
  shell.tell(null)
  const mine = { identity, page: null, aborted: new AbortController() }
  current = mine
  shell.enter(page, module?.title ?? 'Not found')
  shortcuts.ofPage([])
  const context = {
    main: shell.main,
    signal: mine.aborted.signal,
    announce,
    live: shell.live,
    title: shell.title,
    shortcuts: shortcuts.ofPage,
    trouble: error => mine === current && trouble(error),
  }
  try {
    if (!module) throw new Fault(404, 'NotFound', `There is no page \`${page}\`.`)
    const opened = await module.open(context, parameters)
    // Somebody may have gone on meanwhile.
    if (mine !== current) return opened?.close?.()
    mine.page = opened ?? {}
    const now = here()
    if (now.parameters.toString() !== parameters.toString()) mine.page.update?.(now.parameters)
  } catch (error) {
    if (mine === current) failed(error)
  }
  if (!isFirst && mine === current) shell.focusHeading()
}

function leave() {
  current?.aborted.abort()
  current?.page?.close?.()
  shell.live('none')
}

/** Something went wrong on a page that has more to show. */
function trouble(error) {
  if (error.name === 'AbortError') return
  if (error instanceof Fault && error.wantsToken) return failed(error)
  // The stream says so already.
  if (error instanceof Fault && error.status === 0) return
  if (!(error instanceof Fault)) console.error(error)
  shell.tell(`${error.code ?? error.name}: ${error.message}`)
}

/** What went wrong takes the place of the page, or asks for the token. */
function failed(error) {
  if (error.name === 'AbortError') return
  if (error instanceof Fault && error.wantsToken) {
    leave()
    current = { identity: 'sign in', page: {}, aborted: new AbortController() }
    shell.enter(null, 'Sign in')
    signIn.open({ main: shell.main, title: shell.title }, () => {
      current = { identity: 'signed in', aborted: new AbortController() }
      show()
    })
    return
  }
  if (!(error instanceof Fault)) console.error(error)
  shell.main.replaceChildren(
    h('h1', { tabindex: '-1' }, error.status === 404 ? 'Not found' : 'This did not work'),
    h('div', { class: 'notice bad', role: 'alert' },
      h('p', {}, h('strong', {}, error.code ?? error.name)),
      h('p', {}, error.message)),
    h('p', {}, h('button', { type: 'button', on: { click: () => {
      current = { identity: 'again', aborted: new AbortController() }
      show()
    } } }, 'Try again')))
}

addEventListener('hashchange', show)
show()
