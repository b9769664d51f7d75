/** Elements made by hand. Text is text: nothing here reads markup or sets a style attribute. */

export type Child = Node | string | false | null | undefined;
type Properties = Record<string, string | number | boolean | EventListener | undefined>;

/** An element, "div.some.classes", with attributes (`onclick` and the like are listeners) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  what: K | `${K}.${string}`,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag as K);
  made.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, `${value}`);
  }
  made.append(...(children.filter((child) => child) as (Node | string)[]));
  return made;
}

/** A drawing of one path on a square of 24. */
export function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

/** A button of words, or of an icon with a name; the name is shown on hover too. */
export function button(name: string, onclick: () => void, path = "", kind = "", properties: Properties = {}): HTMLButtonElement {
  if (!path) return h(`button.${kind}`, { type: "button", onclick, ...properties }, name);
  return named(name, onclick, kind, properties, icon(path));
}

/** A button of signs, which are not read out, with a name. */
export function named(name: string, onclick: () => void, kind: string, properties: Properties, ...children: Child[]): HTMLButtonElement {
  return h(`button.${kind}`, { type: "button", onclick, "aria-label": name, title: name, ...properties }, ...children);
}

/** A style sheet of text, made without a style element, which a strict policy would refuse. */
export function sheet(text: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}
