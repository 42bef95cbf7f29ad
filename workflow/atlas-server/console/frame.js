// Work that many events ask for and that is done once: before the next frame, or at most once in a while.

/** A function that lets `work` run once before the next frame, however often it is called. */
export function onceAFrame(work) {
  let asked = 0
  const ask = () => {
    if (!asked) asked = requestAnimationFrame(() => ((asked = 0), work()))
  }
  ask.cancel = () => (cancelAnimationFrame(asked), (asked = 0))
  return ask
}

/**
 * A function that lets asynchronous `work` run soon, never twice at once, and at most once in `pause`
 * milliseconds. What is asked for while it runs is done once more afterwards.
 */
export function unhurried(work, pause) {
  let timer = null
  let running = false
  let again = false
  let last = -Infinity
  let cancelled = false

  async function run() {
    timer = null
    running = true
    again = false
    try {
      await work()
    } finally {
      running = false
      last = performance.now()
      if (again && !cancelled) ask()
    }
  }

  function ask() {
    if (cancelled) return
    if (running) again = true
    else timer ??= setTimeout(run, Math.max(0, last + pause - performance.now()))
  }
  ask.cancel = () => {
    cancelled = true
    clearTimeout(timer)
  }
  return ask
}
