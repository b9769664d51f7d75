/** One turn as the panel holds it, and how one that the server remembers becomes one. */

import type { Kept } from "./storage";
import type { Card, Item, PastTurn, Question } from "./wire";
import type { Problem } from "./client";
import { uuid } from "./uuid";

export interface Turn {
  readonly key: string;
  readonly said: string;
  reply: string;
  items: Card[];
  question: Question | null;
  state: "waiting" | "streaming" | "done" | "stopped" | "failed";
  problem: Problem | null;
  /** Seconds until it is tried again, where the server asked for that. */
  pause: number;
  /** When its answer began, in milliseconds since 1970. */
  since: number;
  /** The conversation before it is over. */
  fresh: boolean;
}

export function begun(said: string): Turn {
  return {
    key: uuid(),
    said,
    reply: "",
    items: [],
    question: null,
    state: "waiting",
    problem: null,
    pause: 0,
    since: 0,
    fresh: false,
  };
}

/** A turn out of the server's memory; reasons and labels are this browser's own. */
export function remembered(past: PastTurn, notes: Kept["notes"], sponsored: string): Turn {
  const card = (item: Item): Card => {
    const id = String(item.id);
    const known = notes[id] ?? (past.sponsored?.includes(id) ? { labels: [sponsored] } : {});
    const of = typeof item.catalogue === "string" ? { catalogue: item.catalogue } : {};
    return { id, title: String(item.title ?? id), item, ...known, ...of };
  };
  return {
    ...begun(past.utterance),
    reply: past.reply,
    items: past.items.map(card),
    question: past.question,
    state: "done",
  };
}
