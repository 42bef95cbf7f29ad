// The executions of a filter, newest first, as far down as somebody has looked. What changes is read
// again where it is seen; what is new comes on top while one is there, and is only said otherwise.

import { get, post } from './api.js'
import { unhurried } from './frame.js'

const PAGE = 200
const PAUSE = 700

/** `changed()` is called when rows did, `newer(bool)` when there are some above, `failed(error)`. */
export function executionRows({ filter, phone, isAtTop, changed, newer, failed, signal }) {
  /** Each page knows where it begins. */
  let pages = []
  let rows = []
  let end = false
  let closed = false
  let loading = null
  let seen = [0, 0]

  async function fetchPage(before) {
    if (phone) return post('find', { key: phone, limit: PAGE, before })
    return get('executions', { ...filter, before, limit: PAGE }, { signal })
  }

  function gather() {
    if (closed) return
    rows = pages.flatMap(page => page.rows)
    changed()
  }

  async function more() {
    if (end || loading) return loading
    loading = (async () => {
      // A page may be empty though there are more: the server looks at so many at a time.
      for (let isEmpty = true; isEmpty && !end && !closed;) {
        const before = pages.at(-1)?.next
        const { executions, next } = await fetchPage(before)
        if (executions.length > 0 || pages.length === 0) pages.push({ before, rows: executions, next })
        else pages.at(-1).next = next
        isEmpty = executions.length === 0
        end = next == null
        gather()
      }
    })()
    try {
      await loading
    } catch (error) {
      failed(error)
    } finally {
      loading = null
    }
    if (rows.length < seen[1]) more()
  }

  /** Reads again what is seen. */
  const refresh = unhurried(async () => {
    try {
      await (isAtTop() ? refreshTop() : refreshSeen())
    } catch (error) {
      failed(error)
    }
  }, PAUSE)

  async function refreshTop() {
    const { executions, next } = await fetchPage()
    const first = pages[0]
    const isSame = first && executions.length === first.rows.length
      && executions.every((row, at) => row.executionArn === first.rows[at].executionArn)
    // Rows of later pages are still theirs where nothing moved.
    pages = [{ before: undefined, rows: kept(first?.rows, executions), next }, ...(isSame ? pages.slice(1) : [])]
    end = pages.at(-1).next == null
    newer(false)
    gather()
  }

  async function refreshSeen() {
    const [from, to] = seen
    let at = 0
    const asked = pages.filter(page => {
      const isSeen = at < to && at + page.rows.length > from
      at += page.rows.length
      return isSeen
    })
    for (const page of asked) {
      const { executions, next } = await fetchPage(page.before)
      if (page.before === undefined) {
        newer(executions[0]?.executionArn !== page.rows[0]?.executionArn)
        const known = new Map(executions.map(row => [row.executionArn, row]))
        page.rows = kept(page.rows, page.rows.map(row => known.get(row.executionArn) ?? row))
      } else {
        page.rows = kept(page.rows, executions)
        page.next = next
      }
    }
    if (asked.length === 0 || asked[0].before !== undefined) newer(true)
    gather()
  }

  return {
    more,
    refresh,
    rowAt: index => rows[index],
    count: () => rows.length,
    isWhole: () => end,
    see(first, last) {
      seen = [first, last]
      if (last >= rows.length - 40) more()
    },
    async fromTop() {
      pages = []
      end = false
      newer(false)
      await more()
    },
    close() {
      closed = true
      refresh.cancel()
    },
  }
}

/** A row that did not change stays the same object, so that it is not drawn again. */
function kept(before = [], after) {
  const known = new Map(before.map(row => [row.executionArn, row]))
  return after.map(row => {
    const old = known.get(row.executionArn)
    return old && old.status === row.status && old.endedAt === row.endedAt && old.redriveCount === row.redriveCount ? old : row
  })
}
