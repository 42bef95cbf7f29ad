// The few pictures of the page, drawn here: a path each, in a square of 16.

import { s } from './dom.js'

const PATHS = {
  atlas: 'M3.5 13 8 3l4.5 10M5.2 9.5h5.6',
  running: 'M8 2a6 6 0 1 1-6 6M7.5 8a.5.5 0 1 1 1 0a.5.5 0 1 1-1 0',
  succeeded: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  timedOut: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 4.5V8l2.5 1.5',
  aborted: 'M4 4h8v8H4z',
  caught: 'M3 4h6a4 4 0 0 1 0 8H5M7.5 9.5 5 12l2.5 2.5',
  pending: 'M4 8h.01M8 8h.01M12 8h.01',
  unfold: 'M6 4l4 4-4 4',
  close: 'M4 4l8 8M12 4l-8 8',
  light: 'M8 5a3 3 0 1 1 0 6a3 3 0 0 1 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  dark: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
  keys: 'M2 4h12v8H2zM4.5 6.5h.01M7 6.5h.01M9.5 6.5h.01M12 6.5h.01M5 9.5h6',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  whole: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  callback: 'M3 3h4M3 3v4M3 3l5 5a4 4 0 1 0 5-3',
  timer: 'M5 2h6M5 14h6M5 2c0 4 6 5 6 9v3M11 2c0 4-6 5-6 9v3',
}

/** A picture beside words: nothing that is read aloud. */
export function icon(name) {
  return s('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    s('path', { d: PATHS[name] ?? PATHS.pending }))
}
