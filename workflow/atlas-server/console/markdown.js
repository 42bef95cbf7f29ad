// The Markdown that our own reports are written in, as elements: headings, paragraphs, lists, tables,
// code, emphasis. Links stay text, and so does everything else: a report quotes what executions said.

import { h } from './dom.js'

/** The elements of a text. */
export function markdown(text) {
  const lines = String(text).split('\n')
  const elements = []
  while (lines.length > 0) {
    const line = lines[0]
    if (line.trim() === '') lines.shift()
    else if (/^#{1,5} /.test(line)) elements.push(heading(lines.shift()))
    else if (line.startsWith('```')) elements.push(code(lines))
    else if (line.startsWith('|')) elements.push(table(taken(lines, one => one.startsWith('|'))))
    else if (/^\s*([-*]|\d+\.) /.test(line)) elements.push(list(lines))
    else elements.push(h('p', {}, inline(taken(lines, one => one.trim() !== '' && !/^([#|]|```|\s*([-*]|\d+\.) )/.test(one)).join(' '))))
  }
  return elements
}

function taken(lines, belongs) {
  const mine = [lines.shift()]
  while (lines.length > 0 && belongs(lines[0])) mine.push(lines.shift())
  return mine
}

function heading(line) {
  const [, marks, words] = /^(#+) (.*)$/.exec(line)
  // The page has its own first heading.
  return h(`h${marks.length + 1}`, {}, inline(words))
}

function code(lines) {
  lines.shift()
  const mine = []
  while (lines.length > 0 && !lines[0].startsWith('```')) mine.push(lines.shift())
  lines.shift()
  return h('pre', { tabindex: '0' }, mine.join('\n'))
}

function list(lines) {
  const isNumbered = /^\s*\d/.test(lines[0])
  const items = []
  while (lines.length > 0 && lines[0].trim() !== '' && (items.length > 0 || /^\s*([-*]|\d+\.) /.test(lines[0]))) {
    const line = lines.shift()
    const item = /^\s*(?:[-*]|\d+\.) (.*)$/.exec(line)
    if (item) items.push(item[1])
    else items.push(`${items.pop()} ${line.trim()}`)
  }
  return h(isNumbered ? 'ol' : 'ul', {}, items.map(item => h('li', {}, inline(item))))
}

function table([head, rule = '', ...rows]) {
  const sides = cells(rule).map(cell => (cell.endsWith(':') ? 'number' : null))
  return h('div', { class: 'table-frame', role: 'region', 'aria-label': 'Table', tabindex: '0' }, h('table', {},
    h('thead', {}, h('tr', {}, cells(head).map((cell, at) => (cell ? h('th', { scope: 'col', class: sides[at] }, inline(cell)) : h('td'))))),
    h('tbody', {}, rows.map(row => h('tr', {}, cells(row).map((cell, at) => h('td', { class: sides[at] }, inline(cell))))))))
}

function cells(line) {
  return line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll('\\|', '|'))
}

function inline(text) {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*)/)
  return parts.map(part => {
    if (part.length > 2 && part.startsWith('`')) return h('code', {}, part.slice(1, -1))
    if (part.length > 4 && part.startsWith('**')) return h('strong', {}, part.slice(2, -2))
    return part.replace(/\\([\\`*_{}[\]()#+.!|<>-])/g, '$1')
  })
}
