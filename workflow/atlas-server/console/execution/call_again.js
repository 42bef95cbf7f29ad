// Which states a redrive can reach that start something outside that rings: a task that waits for a
// callback, or another execution. It errs towards saying too much.

/** `{ name, why }` of each, from the states that failed onwards. */
export function whatMayCallAgain(definition, view) {
  const states = definition?.States ?? {}
  const begins = view.visits
    .filter(visit => visit.parent == null && visit.status !== 'SUCCEEDED' && visit.status !== 'CAUGHT')
    .map(visit => visit.name)
  const reached = new Set()
  const open = begins.length > 0 ? begins : [definition?.StartAt]
  while (open.length > 0) {
    const name = open.pop()
    if (reached.has(name) || !states[name]) continue
    reached.add(name)
    open.push(...nextOf(states[name]))
  }
  return [...reached].flatMap(name => [...outside(name, states[name])])
}

function nextOf(state) {
  return [state.Next, state.Default, ...(state.Choices ?? []).map(one => one.Next), ...(state.Catch ?? []).map(one => one.Next)]
    .filter(Boolean)
}

function* outside(name, state) {
  const resource = String(state.Resource ?? '')
  if (resource.includes('.waitForTaskToken')) yield { name, why: 'waits for a callback' }
  else if (resource.includes('states:startExecution')) yield { name, why: 'starts another execution' }
  const inner = [...(state.Branches ?? []), state.ItemProcessor, state.Iterator].filter(Boolean)
  for (const machine of inner) {
    for (const [child, one] of Object.entries(machine.States ?? {})) yield* outside(child, one)
  }
}
