// A form made of a JSON schema: fields for what it names, as deep as it goes. What it cannot show as a
// field is kept as it was; what is wrong is the server's to say, and the browser's where the schema tells.

import { h } from '../dom.js'

let made = 0

/** The form's fields; `read` gives the value, `write` puts one in. */
export function schemaForm(schema) {
  const root = part(schema ?? { type: 'object' }, [], true)
  return { element: root.element, read: root.read, write: root.write }
}

function part(schema, path, isRequired) {
  const type = [schema.type].flat().find(one => one && one !== 'null')
  if (type === 'object' && schema.properties) return group(schema, path)
  return field(schema, type, path, isRequired)
}

function group(schema, path) {
  const required = new Set(schema.required ?? [])
  const parts = Object.entries(schema.properties).map(([name, one]) => [name, part(one, [...path, name], required.has(name))])
  // Fields that the schema does not name are kept: the pipeline keeps them too.
  let others = {}
  const element = path.length === 0
    ? h('div', { class: 'schema-form' }, parts.map(([, one]) => one.element))
    : h('fieldset', {}, h('legend', {}, title(schema, path)), schema.description && h('p', { class: 'hint' }, schema.description), parts.map(([, one]) => one.element))
  return {
    element,
    read() {
      const value = {}
      for (const [name, one] of parts) {
        const read = one.read()
        if (read !== undefined) value[name] = read
      }
      Object.assign(value, others)
      return Object.keys(value).length === 0 && path.length > 0 ? undefined : value
    },
    write(value) {
      const given = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
      for (const [name, one] of parts) one.write(given[name])
      others = Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(schema.properties, name)))
    },
  }
}

function field(schema, type, path, isRequired) {
  const id = `field-${path.join('-') || 'value'}-${++made}`
  const hint = `${id}-hint`
  const { control, read, write } = controlOf(schema, type, { id, 'aria-describedby': schema.description ? hint : null, 'data-pointer': `/${path.join('/')}` }, isRequired)
  const extra = path.at(-1) === 'interactionKey' && h('button', { type: 'button', on: { click: () => write(newKey()) } }, 'New key')
  write(schema.default)
  return {
    element: h('div', { class: 'field' },
      h('label', { for: id }, title(schema, path), isRequired && h('span', { class: 'required' }, ' required')),
      extra ? h('div', { class: 'joined' }, control, extra) : control,
      schema.description && h('p', { class: 'hint', id: hint }, schema.description)),
    read, write,
  }
}

function controlOf(schema, type, attributes, isRequired) {
  if (schema.enum || type === 'boolean') {
    const values = schema.enum ?? [true, false]
    const control = h('select', { ...attributes, required: isRequired }, h('option', { value: '' }, isRequired ? 'Choose one' : 'Not given'),
      values.map((value, at) => h('option', { value: at }, String(value))))
    return {
      control,
      read: () => (control.value === '' ? undefined : values[Number(control.value)]),
      write: value => (control.value = values.includes(value) ? values.indexOf(value) : ''),
    }
  }
  if (type === 'integer' || type === 'number') {
    const control = h('input', { ...attributes, type: 'number', required: isRequired, min: schema.minimum, max: schema.maximum, step: type === 'integer' ? 1 : 'any' })
    return {
      control,
      read: () => (control.value === '' ? undefined : Number(control.value)),
      write: value => (control.value = value ?? ''),
    }
  }
  if (type === 'string') {
    const isLong = !schema.format && !schema.pattern && (schema.maxLength ?? 0) > 200
    const control = isLong
      ? h('textarea', { ...attributes, rows: 3, required: isRequired, maxlength: schema.maxLength })
      : h('input', { ...attributes, type: schema.format === 'email' ? 'email' : 'text', required: isRequired, maxlength: schema.maxLength, minlength: schema.minLength,
        pattern: usable(schema.pattern), placeholder: schema.examples?.[0], autocomplete: 'off' })
    return { control, read: () => (control.value === '' && !isRequired ? undefined : control.value), write: value => (control.value = value ?? '') }
  }
  // Anything else is written as JSON.
  const control = h('textarea', { ...attributes, rows: 3, class: 'code', spellcheck: 'false' })
  return {
    control,
    read: () => (control.value.trim() === '' ? undefined : JSON.parse(control.value)),
    write: value => (control.value = value === undefined ? '' : JSON.stringify(value, null, 2)),
  }
}

/** A field's pattern has to match all of it: one that is bound at both ends says the same. */
function usable(pattern) {
  const whole = /^\^(.*)\$$/s.exec(pattern ?? '')?.[1]
  if (whole == null || whole.includes('|')) return null
  try {
    new RegExp(whole, 'v')
    return whole
  } catch {
    return null
  }
}

/** A key that no other execution has. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

function title(schema, path) {
  const name = schema.title ?? path.at(-1) ?? 'Input'
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
