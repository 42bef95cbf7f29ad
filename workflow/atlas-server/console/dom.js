// The one way in which elements are made. Data enters as text or as an attribute's value, never as
// markup, and nothing here can make a handler or a style out of text.

const SVG = 'http://www.w3.org/2000/svg'

/** An HTML element. `attributes.on` holds listeners; children are nodes, texts, or nothing. */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children)
}

/** An element of SVG. */
export function s(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children)
}

/** Puts these children in the place of those that were there. */
export function replace(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isThere))
  return element
}

/** Writes a text where it differs, so that nothing is laid out again for nothing. */
export function write(element, text) {
  const wanted = String(text ?? '')
  if (element.textContent !== wanted) element.textContent = wanted
}

/** Sets an attribute where it differs; null takes it away. */
export function mark(element, name, value) {
  if (value == null || value === false) element.removeAttribute(name)
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value)
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener)
    } else if (name === 'style' || name.startsWith('on')) {
      throw new TypeError(`\`${name}\` cannot be set from text; expected a class or a listener`)
    } else if (value === true) element.setAttribute(name, '')
    else if (value != null && value !== false) element.setAttribute(name, value)
  }
  element.append(...children.flat(Infinity).filter(isThere))
  return element
}

function isThere(child) {
  return child != null && child !== false
}
