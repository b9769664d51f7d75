/** The profile: chips above the conversation, and the whole of it in a view of its own. */

import { label, titled } from "./cards";
import type { Conversation } from "./conversation";
import { button, h, named } from "./dom";
import { ICONS } from "./icons";
import type { Widget } from "./widget";
import type { Card, Marks, Preference, Words } from "./wire";
import type { Key, Say } from "./words";

const SIGNS = { wants: "♥", avoids: "⊘", limits: "≷" } as const;
const SECTIONS: Words[] = ["limits", "avoids", "wants"];

interface Entry {
  section: Words;
  text: string;
  entries: Preference[];
}

/** What came from the same words is one entry, as it was said. */
function grouped(conversation: Conversation, sections: Words[]): Entry[] {
  const found = new Map<string, Entry>();
  for (const section of sections) {
    for (const entry of conversation.profile[section]) {
      const text = entry.label || entry.quote || String(entry.value);
      const key = `${section} ${text} ${entry.turn}`;
      const known = found.get(key) ?? { section, text, entries: [] };
      known.entries.push(entry);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

/** What the profile needs of the panel. */
export interface Desk {
  widget: Widget;
  conversation: Conversation;
  say: Say;
  /** Do it and say what is left, or why not. */
  edit(change: unknown): void;
  /** An item by its id, as a card. */
  card(id: string): Promise<Card>;
}

function chip(what: string, sign: string, remove: unknown[], desk: Desk): HTMLElement {
  return named(
    desk.say("remove", { what }),
    () => desk.edit({ remove }),
    "chip",
    {},
    h("span", { "aria-hidden": "true" }, sign),
    h("bdi", {}, what),
    h("span", { "aria-hidden": "true" }, "✕"),
  );
}

const entryChip = ({ section, text, entries }: Entry, desk: Desk): HTMLElement =>
  chip(text, entries[0]?.facet === "similar_to" ? "≈" : SIGNS[section], entries.map(({ facet, value, op }) => ({ section, facet, value, ...(op && { op }) })), desk);

/** All that was wished for, in a line. */
export const inWords = ({ conversation, say }: Desk): string =>
  `${say("going_by")}: ${grouped(conversation, SECTIONS).map(({ text }) => text).join(", ") || say("nothing")}`;

/** The chips under the conversation. */
export function chips(desk: Desk): HTMLElement[] {
  return grouped(desk.conversation, SECTIONS).map((entry) => entryChip(entry, desk));
}

/** The whole profile, every piece of it to be taken away. */
export function whole(desk: Desk): HTMLElement[] {
  const { conversation, say } = desk;
  const part = (name: string, made: HTMLElement[]): HTMLElement | null =>
    made.length ? h("section", {}, h("h3", {}, name), h("div.chips", {}, ...made)) : null;
  /** Chips of items, drawn once more when their titles are known. */
  const items = (ids: string[], draw: (card: Card) => HTMLElement): HTMLElement[] =>
    ids.map((id) => {
      const place = h("span");
      const put = (card: Card): void => place.replaceChildren(draw(card));
      put({ id, title: id, item: {} });
      desk.card(id).then(put, () => {});
      return place;
    });
  const marked = (section: Marks, sign: string): HTMLElement[] =>
    items(conversation.profile[section], ({ id, title }) => chip(title, sign, [{ section, value: id }], desk));
  const small = (key: Key, what: string, sign: string, onclick: () => void): HTMLElement =>
    named(say(key, { what }), onclick, "", {}, sign);
  const saved = items(conversation.saved, (card) => {
    const drop = small("remove", label(card), "✕", () => void conversation.react(card, "save", false));
    return h("span.chip", {}, h("bdi", {}, titled(card, desk)), drop);
  });
  const guesses = (conversation.profile.guesses ?? []).map(({ facet, value }) => {
    const settle = (how: "confirm" | "dismiss", sign: string): HTMLElement =>
      small(how, value, sign, () => desk.edit({ [how]: [{ facet, value }] }));
    return h("span.chip", {}, h("bdi", {}, value), settle("confirm", "✓"), settle("dismiss", "✕"));
  });
  const all = [
    part(say("saved"), saved),
    ...(["wants", "avoids", "limits"] as const).map((section) =>
      part(say(section), grouped(conversation, [section]).map((entry) => entryChip(entry, desk))),
    ),
    part(say("liked"), marked("liked", "♥")),
    part(say("dislike"), marked("disliked", "⊘")),
    part(say("seen"), marked("seen", "✓")),
    part(say("guesses"), guesses),
  ].filter((made): made is HTMLElement => made !== null);
  return all.length ? all : [h("p.note", {}, say("nothing"))];
}

/** The step back. */
export const undo = (desk: Desk): HTMLButtonElement =>
  button(desk.say("undo"), () => desk.edit({ undo: true }), ICONS.undo, "undo");
