// What happens, as it happens: one stream of server-sent events for a page. Where it breaks, the page
// says so and it is opened again, later each time; whoever listens is then told to read everything anew.

import { address } from './api.js'

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

/**
 * Listens until it is closed. `listeners` has functions by event, and `opened`, which is called whenever the
 * stream begins: what was read before that may be told of by nobody any more. `tell` is told `connecting`, `live` or `lost`.
 */
export function listen(parameters, listeners, tell) {
  let source = null
  let timer = null
  let pause = FIRST_PAUSE
  let missed = false
  let closed = false

  function open() {
    tell(missed ? 'lost' : 'connecting')
    source = new EventSource(address('stream', parameters))
    source.addEventListener('open', () => {
      pause = FIRST_PAUSE
      tell('live')
      listeners.opened?.()
      missed = false
    })
    source.addEventListener('error', again)
    for (const [name, listener] of Object.entries(listeners)) {
      source.addEventListener(name, event => {
        // An error of the connection has no data, and the name of one of ours would be no other.
        if (typeof event.data === 'string') listener(JSON.parse(event.data))
      })
    }
  }

  function again() {
    source.close()
    if (closed) return
    missed = true
    tell('lost')
    // Pages that lost the same server do not all come back in the same instant.
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2))
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }

  function hasten() {
    if (!missed || closed) return
    clearTimeout(timer)
    source.close()
    open()
  }

  addEventListener('online', hasten)
  open()
  return {
    close() {
      closed = true
      removeEventListener('online', hasten)
      clearTimeout(timer)
      source.close()
    },
  }
}
