// Where one is: the fragment of the URL, `#/PAGE?NAME=VALUE`. It is not sent to a server, so no filter
// and no ARN stands in anybody's log; and it can be kept, shared and gone back to.

/** What a fragment says. */
export function read(fragment) {
  const text = fragment.replace(/^#?\/?/, '')
  const [page, query = ''] = split(text, '?')
  return { page: decoded(page) || 'overview', parameters: new URLSearchParams(query) }
}

/** Somebody may have cut or written it by hand; then it stays as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The fragment of a page; parameters that are empty are left out. */
export function link(page, parameters = {}) {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one != null && one !== '') query.append(name, one)
  }
  const text = query.toString()
  return `#/${page}${text ? `?${text}` : ''}`
}

/** Of an execution. */
export function executionLink(executionArn, parameters = {}) {
  return link('execution', { arn: executionArn, ...parameters })
}

/** Where one is now. */
export function here() {
  return read(location.hash)
}

/** Goes to a fragment; `replacing` leaves no step back. */
export function go(fragment, { replacing = false } = {}) {
  if (fragment === location.hash) return
  if (replacing) {
    history.replaceState(null, '', fragment)
    dispatchEvent(new HashChangeEvent('hashchange'))
  } else location.hash = fragment
}

/** The same page with some parameters changed. */
export function change(parameters, options) {
  const { page, parameters: before } = here()
  const all = {}
  for (const name of before.keys()) all[name] = before.getAll(name)
  go(link(page, { ...all, ...parameters }), options)
}

function split(text, separator) {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
