// Lets an execution try again where it failed, and says before what that may do a second time.

import { get, perform } from '../api.js'
import { openDialog } from '../dialog.js'
import { h } from '../dom.js'
import { whatMayCallAgain } from './call_again.js'

/** Asks, then redrives it. */
export async function openRedrive({ executionArn, told, refresh, context }) {
  let again
  try {
    const { definition } = await get('definition', { arn: executionArn }, { signal: context.signal })
    again = whatMayCallAgain(definition, told.view)
  } catch (error) {
    return context.trouble(error)
  }
  openDialog({
    title: 'Redrive this execution?',
    body: [
      h('p', {}, 'It goes on from the states that did not succeed, with the same input. What succeeded is not done again.'),
      again.length > 0 && h('div', { class: 'notice warning', role: 'note' },
        h('p', {}, h('strong', {}, 'This may dial again.'), ' These states can still run; they hand work to somebody outside, as a phone call is:'),
        h('ul', {}, again.map(one => h('li', {}, h('strong', {}, one.name), ` – ${one.why}`)))),
    ],
    action: { label: again.length > 0 ? 'Redrive it, even so' : 'Redrive it', danger: again.length > 0, run: async () => {
      await perform('RedriveExecution', { executionArn }, executionArn)
      refresh()
    } },
  })
}
