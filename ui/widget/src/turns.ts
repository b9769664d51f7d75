/** Turns on the page: what was said, the reply as it comes, the cards under it, what went wrong. */

import { cards, type Table } from "./cards";
import { isBusy } from "./client";
import { button, h } from "./dom";
import type { Turn } from "./turn";

interface Drawn {
  readonly box: HTMLElement;
  readonly reply: HTMLElement;
  readonly list: HTMLElement;
  readonly note: HTMLElement;
  readonly fresh: HTMLElement;
  ids: string;
}

const drawn = new WeakMap<Turn, Drawn>();

export const dots = (): HTMLElement => h("i", { "aria-hidden": "true" }, "● ● ●");

/** A turn's place in the log. */
export function draw(turn: Turn, table: Table): HTMLElement {
  const { say } = table;
  const reply = h("div.reply");
  const list = h("div");
  const note = h("div.note");
  const said = h("div.said", {}, h("span.sr", {}, `${say("you")}: `), turn.said);
  const fresh = h("p.note", {}, say("fresh"));
  const box = h("div.turn", {}, said, fresh, reply, list, note);
  drawn.set(turn, { box, reply, list, note, fresh, ids: "" });
  redraw(turn, table);
  return box;
}

/** The same place as the turn is now. Cards that stay are left alone: somebody may be on them. */
export function redraw(turn: Turn, table: Table): void {
  const place = drawn.get(turn);
  if (!place) return;
  place.fresh.hidden = !turn.fresh;
  const waiting = turn.state === "waiting" && !turn.pause;
  if (waiting) place.reply.replaceChildren(dots());
  else if (place.reply.textContent !== turn.reply || !turn.reply) place.reply.textContent = turn.reply;
  place.reply.hidden = !waiting && !turn.reply;
  // What grows above the cards would push them away under a hand; a second is waited for the words.
  const settled = turn.state !== "streaming" || Date.now() - turn.since > 1000;
  const ids = !settled ? place.ids : turn.items.map(({ id, catalogue }) => `${catalogue} ${id}`).join("\n");
  if (ids !== place.ids) {
    place.ids = ids;
    place.list.replaceChildren(...(turn.items.length ? [cards(turn.items, table)] : []));
  }
  place.list.hidden = !ids;
  place.note.replaceChildren(...notes(turn, table));
  place.note.hidden = !place.note.childNodes.length;
}

/** The place of a turn, once it is drawn. */
export const place = (turn: Turn): HTMLElement | undefined => drawn.get(turn)?.box;

/** What is to be said of a turn that did not go well, in a sentence. */
export function trouble({ problem, state, pause }: Turn, { say }: Table): string {
  if (pause) return say("busy", { n: pause });
  if (state === "stopped") return say("stopped");
  if (!problem) return "";
  if (isBusy(problem)) return say("busy", { n: problem.wait });
  return problem.status ? say("failed", { what: problem.detail }) : say("offline");
}

function notes(turn: Turn, table: Table): (Node | string)[] {
  const text = trouble(turn, table);
  if (!text) return [];
  const again = turn.state === "failed" || turn.state === "stopped";
  const retry = (): void => table.try(table.conversation.run(turn));
  return [h("span", {}, text), ...(again ? [button(table.say("retry"), retry, "", "pill")] : [])];
}
