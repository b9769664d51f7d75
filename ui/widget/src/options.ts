/** What a host page may set, as data attributes of the script or as an object in JavaScript. */

export type Context = Record<string, unknown>;
export type Token = () => string | null | undefined | Promise<string | null | undefined>;

export interface Options {
  site: string;
  /** What the conversation is about, of the site's catalogues; several with "|" between. */
  catalogue: string;
  place: "end" | "start" | "left" | "right";
  theme: "auto" | "light" | "dark";
  accent: string;
  locale: string;
  title: string;
  greeting: string;
  starters: string[];
  context: Context;
  token: Token | null;
  persistence: "local" | "session" | "none";
  /** Where an item without a link of its own is found: "/products/{id}". */
  itemUrl: string;
}

const DEFAULTS: Options = {
  site: "",
  catalogue: "",
  place: "end",
  theme: "auto",
  accent: "#0b6b5d",
  locale: "",
  title: "",
  greeting: "",
  starters: [],
  context: {},
  token: null,
  persistence: "local",
  itemUrl: "",
};

/** The options of a script tag: `data-starters` is a list with "|" between, `data-item`,
 * `data-category` and `data-cart` are the page's context, `data-token` names a function of the page. */
export function fromScript(data: DOMStringMap): Partial<Options> {
  const { item, category, cart, starters, token, ...plain } = data;
  const found: Record<string, unknown> = {};
  for (const name in DEFAULTS) if (plain[name] !== undefined) found[name] = plain[name];
  if (starters) found.starters = starters.split("|");
  if (item || category || cart) found.context = { item, category, cart };
  if (token) found.token = () => (window as unknown as Record<string, Token>)[token]?.();
  return found;
}

/** Everything that was not set as it is without a word. */
export function complete(given: Partial<Options>): Options {
  return { ...DEFAULTS, ...given };
}

/** The language the widget speaks: the one that is set, else the page's, else the browser's. */
export function language(locale: string): "en" | "zh" {
  const wanted = locale || document.documentElement.lang || navigator.language;
  return /^zh/i.test(wanted) ? "zh" : "en";
}

/** A context as the server reads it: names of 40 characters, values of 60, lists as words between commas. */
export function told(context: Context): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(context)) {
    let text = Array.isArray(value) ? value.join(",") : String(value ?? "");
    if (text.length > 60) text = text.slice(0, 61).replace(/,?[^,]*$/, "") || text.slice(0, 60);
    if (text) found[name.slice(0, 40)] = text;
  }
  return found;
}
