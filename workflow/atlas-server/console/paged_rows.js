// Rows of a long list by index, fetched in pages as they come into sight, the least looked at let go.

const PAGE = 200
const KEPT = 40

/** `fetchPage(from, limit)` gives rows; `arrived` is called when some came, `failed` when they did not. */
export function pagedRows(fetchPage, arrived, failed) {
  const pages = new Map()
  let generation = 0

  function want(first, last) {
    for (let page = Math.floor(first / PAGE); page * PAGE < last; page++) {
      const known = pages.get(page)
      if (known) {
        pages.delete(page)
        pages.set(page, known)
      }
      if (known && !known.isOld) continue
      load(page, known?.rows)
    }
    for (const page of pages.keys()) {
      if (pages.size <= KEPT) break
      pages.delete(page)
    }
  }

  async function load(page, rows) {
    const mine = generation
    pages.set(page, { rows: rows ?? [], isOld: false })
    try {
      const fetched = await fetchPage(page * PAGE, PAGE)
      if (mine !== generation) return
      pages.set(page, { rows: fetched, isOld: pages.get(page)?.isOld ?? false })
      arrived()
    } catch (error) {
      pages.delete(page)
      failed(error)
    }
  }

  return {
    want,
    rowAt: index => pages.get(Math.floor(index / PAGE))?.rows[index % PAGE],
    /** Lets all of them be fetched again when they are looked at; what is there is shown meanwhile. */
    refresh() {
      for (const page of pages.values()) page.isOld = true
    },
    /** Forgets all of them: they are rows of something else now. */
    clear() {
      generation++
      pages.clear()
    },
    /** Puts rows that somebody has already where they belong. */
    put(from, rows) {
      for (let at = 0; at < rows.length; at += PAGE) {
        const part = rows.slice(at, at + PAGE)
        // A page that is not whole would hide what follows.
        if ((from + at) % PAGE === 0) pages.set((from + at) / PAGE, { rows: part, isOld: false })
      }
    },
  }
}
