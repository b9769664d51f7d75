/** Cards: what an item is, why it is shown, and what a visitor can say of it by a click. */

import type { Conversation } from "./conversation";
import { button, h } from "./dom";
import { ICONS } from "./icons";
import { link, picture } from "./links";
import type { Widget } from "./widget";
import { MARKS, type Card, type Item, type Mark } from "./wire";
import type { Key, Say } from "./words";

/** What the cards need of the panel. */
export interface Table {
  widget: Widget;
  conversation: Conversation;
  say: Say;
  /** The first of two cards to compare. */
  chosen: Card | null;
  compare(card: Card): void;
  try(work: Promise<unknown>): void;
}

const FACTS = [
  ...["genres", "genre", "category", "categories", "brand", "directors", "director", "authors"],
  ...["author", "price", "runtime", "minutes"],
];
const UNITS: Record<string, Key> = { price: "price", runtime: "minutes", minutes: "minutes" };
const WARNINGS = ["content_notes", "warnings", "allergens"];

export const label = ({ title, item }: Card): string =>
  typeof item.year === "number" ? `${title} (${item.year})` : title;

const words = (value: unknown, most = 9): string =>
  [value ?? ""].flat().slice(0, most).join(", ");

const facts = (item: Item, say: Say): string =>
  FACTS.map((name) => {
    const n = words(item[name], 2);
    const unit = UNITS[name];
    return n && unit ? say(unit, { n }) : n;
  })
    .filter((fact) => fact && fact.length < 60)
    .slice(0, 4)
    .join(" · ");

/** The list under a reply. */
export function cards(items: Card[], table: Table): HTMLElement {
  return h("ol.cards", { "aria-label": table.say("suggestions") }, ...items.map((card) => one(card, table)));
}

/** What an item is called, as a link where there is one. */
export function titled(card: Card, { widget, conversation }: Pick<Table, "widget" | "conversation">): HTMLElement | string {
  const { id, title, item } = card;
  const url = link(item, id, widget.options.itemUrl);
  if (!url) return label(card);
  const follow = (event: Event): void => {
    conversation.clicked(card);
    if (!widget.emit("itemclick", { id, title, url: url.href, item })) event.preventDefault();
  };
  const abroad = url.origin !== location.origin ? { target: "_blank", rel: "noreferrer" } : {};
  return h("a", { href: url.href, onclick: follow, ...abroad }, label(card));
}

function one(card: Card, table: Table): HTMLElement {
  const { widget, conversation, say } = table;
  const { item } = card;
  const shown = picture(item, widget.server, conversation.site.image_hosts ?? []);
  const warned = WARNINGS.map((name) => words(item[name])).filter(Boolean);
  const prose = [words(item.description), ...warned.map((what) => say("warned", { what }))].filter(Boolean);
  return h(
    "li.card",
    {},
    shown && h("img", { src: shown.href, alt: "", loading: "lazy", referrerpolicy: "no-referrer" }),
    h(
      "div.about",
      {},
      h("h3", {}, titled(card, table)),
      ...(card.labels ?? []).map((text) => h("span.label", {}, text)),
      h("p.facts", {}, facts(item, say)),
      card.reason && h("p.reason", {}, card.reason),
      prose.length > 0 &&
        h("details", {}, h("summary", {}, say("details")), ...prose.map((text) => h("p", {}, text))),
    ),
    h("div.actions", {}, ...(Object.keys(MARKS) as Mark[]).map((name) => action(name, card, table))),
  );
}

function action(name: Mark, card: Card, table: Table): HTMLButtonElement {
  const made = button(
    table.say(name),
    () => {
      if (name === "compare") table.compare(card);
      else table.try(table.conversation.react(card, name, made.ariaPressed !== "true"));
    },
    ICONS[name],
    "",
    { "data-mark": name, "data-id": card.id },
  );
  return made;
}

/** Show on every card what is known of its item now. */
export function mark(within: ParentNode, { conversation, chosen }: Table): void {
  for (const made of within.querySelectorAll<HTMLElement>("[data-mark]")) {
    const { mark: name, id } = made.dataset as { mark: Mark; id: string };
    const section = MARKS[name];
    const marked = section ? conversation.profile[section] : name === "save" ? conversation.saved : [chosen?.id];
    made.ariaPressed = String(marked.includes(id));
  }
}
