// Numbers, times and names as they are read: short, of steady width, and exact on demand.

const numbers = new Intl.NumberFormat('en-US')
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' })
const whole = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  fractionalSecondDigits: 3, hourCycle: 'h23', timeZoneName: 'short',
})

/** `12,345` */
export function count(value) {
  return value == null ? '–' : numbers.format(value)
}

/** `840 ms`, `1.25 s`, `2 m 05 s`, `3 h 10 m`, `4 d 2 h` */
export function duration(milliseconds) {
  if (milliseconds == null || Number.isNaN(milliseconds)) return '–'
  const value = Math.max(0, milliseconds)
  if (value < 1) return value === 0 ? '0 ms' : `${value.toFixed(2)} ms`
  if (value < 1_000) return `${value < 10 ? trim(value.toFixed(1)) : Math.round(value)} ms`
  const seconds = value / 1_000
  if (seconds < 59.995) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  const rounded = Math.round(seconds)
  const [d, hours, minutes, rest] =
    [Math.floor(rounded / 86_400), Math.floor(rounded / 3_600) % 24, Math.floor(rounded / 60) % 60, rounded % 60]
  if (d) return `${d} d ${hours} h`
  if (hours) return `${hours} h ${two(minutes)} m`
  return `${minutes} m ${two(rest)} s`
}

/** The time of day, with the day where it is another one. */
export function time(milliseconds, now = Date.now()) {
  if (milliseconds == null) return '–'
  const date = new Date(milliseconds)
  const text = clock.format(date)
  return date.toDateString() === new Date(now).toDateString() ? text : `${day.format(date)} ${text}`
}

/** Everything about a moment, for a title. */
export function moment(milliseconds) {
  return milliseconds == null ? '' : `${whole.format(milliseconds)} · ${new Date(milliseconds).toISOString()}`
}

/** `3 m 10 s ago`, `in 20 s` */
export function relative(milliseconds, now = Date.now()) {
  if (milliseconds == null) return '–'
  const distance = milliseconds - now
  return distance > 0 ? `in ${duration(distance)}` : `${duration(-distance)} ago`
}

/** `1.2 MB` */
export function bytes(value) {
  if (value == null) return '–'
  if (value < 1_000) return `${value} B`
  return value < 1_000_000 ? `${(value / 1_000).toFixed(1)} kB` : `${(value / 1_000_000).toFixed(1)} MB`
}

/** The last part of an ARN, which is what people call it by. */
export function nameOf(arn) {
  return arn?.split(':').pop() ?? ''
}

/** The name of the machine that an execution is of. */
export function machineOf(executionArn) {
  const [name, run] = executionArn.split(':')[6].split('/')
  return run ? `${name}/${run}` : name
}

/** The ARN of the resource that a task calls, as short as it can be recognised. */
export function resource(text) {
  return text?.replace(/^arn:[^:]*:states:[^:]*:[^:]*:/, '').replace(/^arn:[^:]*:lambda:[^:]*:[^:]*:function:/, 'lambda ') ?? ''
}

function two(value) {
  return String(value).padStart(2, '0')
}

function trim(text) {
  return text.replace(/\.0$/, '')
}
