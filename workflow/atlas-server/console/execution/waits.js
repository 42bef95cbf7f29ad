// What an open state waits for, in words.

import { time } from '../format.js'

const WORDS = {
  callback: 'waits for a callback',
  activity: 'waits for a worker',
  timer: 'waits for its time',
  retry: 'waits to try again',
  child: 'waits for an execution',
  task: 'waits for its task',
}

/** Empty where it waits for nothing. */
export function waitWords({ waits }) {
  if (!waits) return ''
  const word = WORDS[waits.for] ?? `waits: ${waits.for}`
  return waits.deadline == null ? word : `${word}, until ${time(waits.deadline)}`
}
