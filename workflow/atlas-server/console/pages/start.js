// Starts an execution: its input from a form or as JSON, under a mock case where there are some.

import { get, perform } from '../api.js'
import { h, mark, replace } from '../dom.js'
import { nameOf } from '../format.js'
import { change, executionLink, go } from '../router.js'
import { newKey, schemaForm } from '../start/schema_form.js'

export const title = 'Start an execution'

export function identity(parameters) {
  return `${parameters.get('machine') ?? ''} ${parameters.get('from') ?? ''}`
}

export async function open(context, parameters) {
  const [{ machines }, before] = await Promise.all([
    get('machines', {}, { signal: context.signal }),
    parameters.has('from') ? get('execution', { arn: parameters.get('from'), visits_limit: 1 }, { signal: context.signal }) : null,
  ])
  if (machines.length === 0) {
    replace(context.main, h('h1', { tabindex: '-1' }, title), h('div', { class: 'empty' }, h('p', {}, 'There is no state machine to start.')))
    return {}
  }
  const wanted = parameters.get('machine')
  const chosen = machines.find(one => one.stateMachineArn === wanted)
    ?? machines.find(one => wanted?.startsWith(`${one.stateMachineArn}:`))
    ?? machines.find(one => one.inputSchema) ?? machines[0]
  const { inputSchema, sampleInputs = [], mockCases = [] } = chosen

  const machine = h('select', { id: 'machine', on: { change: () => change({ machine: machine.value, from: '' }) } },
    machines.map(one => h('option', { value: one.stateMachineArn, selected: one === chosen }, `${one.name} (${one.type})`)))
  const name = h('input', { id: 'name', autocomplete: 'off', maxlength: '80', spellcheck: 'false', 'aria-describedby': 'name-hint' })
  const mockCase = h('select', { id: 'mock-case' }, h('option', { value: '' }, 'None: the real steps'), mockCases.map(one => h('option', { value: one }, one)))
  const sample = h('select', { id: 'sample', on: { change: () => {
    const input = sampleInputs[Number(sample.value)]?.input
    if (sample.value !== '' && input !== undefined) take(fresh(input))
  } } }, h('option', { value: '' }, 'Choose one'), sampleInputs.map((one, at) => h('option', { value: at }, one.name)))
  const form = inputSchema ? schemaForm(inputSchema) : null
  const json = h('textarea', { id: 'input', class: 'code', rows: '18', spellcheck: 'false', on: { input: () => said(json) } }, '{}')
  const jsonField = h('div', { class: 'field' }, h('label', { for: 'input' }, 'Input (JSON)'), json)
  const trouble = h('div', { class: 'notice bad', role: 'alert', hidden: true })
  const submit = h('button', { class: 'primary', type: 'submit' }, 'Start it')
  const way = (value, label) => h('label', { class: 'choice' }, h('input', { type: 'radio', name: 'way', value, checked: value === (form ? 'form' : 'json'), on: { change: switched } }), label)
  const ways = form && h('fieldset', { class: 'ways' }, h('legend', {}, 'Write the input'), way('form', 'In a form'), way('json', 'As JSON'))

  replace(context.main,
    h('div', { class: 'page-head' }, h('h1', { tabindex: '-1' }, title)),
    h('form', { class: 'start', on: { submit: begin } },
      h('div', { class: 'fields' },
        labelled('machine', 'State machine', machine),
        h('div', { class: 'field' }, h('label', { for: 'name' }, 'Name'), name, h('p', { class: 'hint', id: 'name-hint' }, 'Left empty, it gets one.')),
        mockCases.length > 0 && labelled('mock-case', 'Mock case', mockCase),
        sampleInputs.length > 0 && labelled('sample', 'Fill in from a sample', sample)),
      ways, form?.element, jsonField, trouble,
      h('div', { class: 'form-end' }, submit)))

  if (before) take(inputOf(before.told))
  else if (sampleInputs.length > 0) take(fresh(sampleInputs[0].input))
  show()

  function isForm() {
    return form != null && context.main.querySelector('[name=way]:checked').value === 'form'
  }

  function show() {
    jsonField.hidden = isForm()
    if (form) {
      form.element.hidden = !isForm()
      // What is not shown is not asked to be right.
      for (const control of form.element.querySelectorAll('input, select, textarea')) control.disabled = !isForm()
    }
  }

  function switched() {
    try {
      if (isForm()) form.write(JSON.parse(json.value))
      else json.value = JSON.stringify(form.read(), null, 2)
      trouble.hidden = true
    } catch (fault) {
      context.main.querySelector('[name=way][value=json]').checked = true
      tell(`The input is no JSON: ${fault.message}`)
    }
    show()
  }

  function take(input) {
    form?.write(input)
    json.value = JSON.stringify(input, null, 2)
  }

  function tell(text) {
    trouble.textContent = text
    trouble.hidden = false
  }

  async function begin(event) {
    event.preventDefault()
    submit.disabled = true
    trouble.hidden = true
    try {
      const input = isForm() ? JSON.stringify(form.read()) : json.value
      const stateMachineArn = mockCase.value ? `${chosen.stateMachineArn}#${mockCase.value}` : chosen.stateMachineArn
      const { executionArn } = await perform('StartExecution', { stateMachineArn, input, name: name.value.trim() || undefined }, chosen.stateMachineArn)
      context.announce(`Started ${nameOf(executionArn)}`)
      go(executionLink(executionArn))
    } catch (error) {
      tell(error.code ? `${error.code}: ${error.message}` : error.message)
      submit.disabled = false
    }
  }

  context.shortcuts([{ keys: '/', label: 'Go to the first field', run: () => machine.focus() }])
  return {}
}

/** A sample that was started once cannot ring twice, so it gets a key of its own. */
function fresh(input) {
  return input?.interactionKey === undefined ? input : { ...input, interactionKey: newKey() }
}

function inputOf({ input }) {
  if (typeof input !== 'string') return input ?? {}
  try {
    return JSON.parse(input)
  } catch {
    return {}
  }
}

/** Says in the field itself whether it is JSON. */
function said(field) {
  try {
    JSON.parse(field.value)
    field.setCustomValidity('')
  } catch (fault) {
    field.setCustomValidity(`This is no JSON: ${fault.message}`)
  }
  mark(field, 'aria-invalid', field.validationMessage ? 'true' : null)
}

function labelled(id, label, control) {
  return h('div', { class: 'field' }, h('label', { for: id }, label), control)
}
