/** Elements are made with these functions alone: text stays text, whatever agents call themselves. */
export type Child = Node | string | number | false | undefined;
export type Attributes = Record<string, string | number | boolean | undefined>;

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** An HTML element. A `data-key` tells it apart from its siblings when they are drawn again. */
export const h = (tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement =>
  fill(document.createElement(tag), attributes, children);

/** An SVG element. */
export const s = (tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const keyOf = (node: Node) => (node instanceof Element ? node.getAttribute("data-key") : null);

/**
 * Makes the children of an element like the wanted ones, keeping the nodes that are there: what
 * has the focus, is hovered over or is scrolled stays so while the page is drawn again.
 */
export function draw(parent: Element, ...children: Child[]): void {
  const wanted = fill(document.createElement("div"), {}, children);
  patchChildren(parent, [...wanted.childNodes]);
}

function patchChildren(parent: Element, wanted: Node[]): void {
  const keys = new Set(wanted.map(keyOf));
  for (const node of [...parent.childNodes]) {
    const key = keyOf(node);
    if (key !== null && !keys.has(key)) node.remove();
  }
  const keyed = new Map([...parent.children].map((child) => [keyOf(child), child]));
  let here: ChildNode | null = parent.firstChild;
  for (const node of wanted) {
    const key = keyOf(node);
    const match = key === null ? here : (keyed.get(key) ?? null);
    if (match === null || keyOf(match) !== key || match.nodeName !== node.nodeName) {
      parent.insertBefore(node, here);
      continue;
    }
    if (match === here) here = here.nextSibling;
    else parent.insertBefore(match, here);
    patch(match, node);
  }
  while (here) {
    const next: ChildNode | null = here.nextSibling;
    here.remove();
    here = next;
  }
}

function patch(old: Node, wanted: Node): void {
  if (!(old instanceof Element && wanted instanceof Element)) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  patchChildren(old, [...wanted.childNodes]);
}
