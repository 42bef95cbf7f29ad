// The console's API and, for what AWS has an action for, the Step Functions API of the same server.

/** Why a call did not succeed, in words for whoever reads the page. */
export class Fault extends Error {
  constructor(status, code, message) {
    super(message)
    this.status = status
    this.code = code
  }

  get wantsToken() {
    return this.status === 401
  }
}

/** Asks the console's API. Parameters that are empty are left out. */
export function get(path, parameters = {}, options = {}) {
  return call(address(path, parameters), options)
}

/** The address of a part of the console's API. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one != null && one !== '') query.append(name, one)
  }
  const text = query.toString()
  return `/console/api/${path}${text ? `?${text}` : ''}`
}

/** Tells the console's API something. */
export function post(path, body) {
  const headers = { 'content-type': 'application/json' }
  return call(`/console/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** An action of Step Functions, as any SDK would ask for it; `arn` says in whose account and region. */
export function perform(action, body, arn) {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `AWSStepFunctions.${action}`,
  }
  const [, , , region, account] = (arn ?? '').split(':')
  if (account) {
    // The scope of a signature says whose request it is; the cookie says whether it may.
    headers.authorization =
      `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/states/aws4_request, SignedHeaders=host, Signature=0`
  }
  return call('/', { method: 'POST', headers, body: JSON.stringify(body) })
}

async function call(url, options) {
  let response
  try {
    response = await fetch(url, { cache: 'no-store', credentials: 'same-origin', ...options })
  } catch (error) {
    if (error.name === 'AbortError') throw error
    throw new Fault(0, 'Unreachable', 'The server did not answer. Is `atlas dev` still running?')
  }
  const text = await response.text()
  const body = parsed(text)
  if (response.ok) return body ?? text
  throw faultOf(response.status, body)
}

function parsed(text) {
  if (!text) return {}
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The console's API and AWS's word their errors differently. */
function faultOf(status, body) {
  const code = body?.error?.code ?? body?.__type?.split('#').pop() ?? `HTTP ${status}`
  const message = body?.error?.message ?? body?.message ?? body?.Message
  return new Fault(status, code, message ?? `The server answered with status ${status}.`)
}
