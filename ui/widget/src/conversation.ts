/** One conversation: its turns, its profile, and how they come from the server. It draws nothing. */

import { client, isBusy, isGone, problemOf, type Client, type Problem } from "./client";
import { ask, subject } from "./identity";
import { language, told, type Token } from "./options";
import { events } from "./stream";
import { storage, type Kept, type Store } from "./storage";
import { begun, remembered, type Turn } from "./turn";
import type { Widget } from "./widget";
import { MARKS, NOTHING, type Mark, type Card, type Finished, type Profile, type Reaction, type Session, type Site } from "./wire";

export interface Listener {
  /** Everything is to be drawn anew. */
  redraw(): void;
  /** A turn has come, or has changed. */
  turned(turn: Turn): void;
  /** The profile, a mark on a card, or whether a turn runs. */
  changed(): void;
  sponsored(): string;
}

const LONGEST_WAIT = 30;
const TRIES = 4;

export class Conversation {
  turns: Turn[] = [];
  profile: Profile = NOTHING;
  site: Site = {};
  learn = false;
  temporary = false;
  #running: AbortController | null = null;
  #stale = false;
  #stamp = 0;
  #inContext = false;
  #last: Promise<void> = Promise.resolve();
  readonly #widget: Widget;
  readonly #listener: Listener;
  readonly kept: Store;
  readonly client: Client;

  constructor(widget: Widget, listener: Listener) {
    this.#widget = widget;
    this.#listener = listener;
    const { persistence, site } = widget.options;
    this.kept = storage(persistence, `tastemaker ${site} ${widget.server}`, () => this.#elsewhere());
    this.client = client(widget.server, this.kept);
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  /** The ids of what was saved, which only this browser knows. */
  get saved(): string[] {
    return this.kept.read()?.saved ?? [];
  }

  get longest(): number {
    return this.site.longest_utterance ?? 2000;
  }

  /** When the panel is first opened: how the site wants it, and what was said before. */
  async begin(): Promise<void> {
    const { site } = this.#widget.options;
    this.site = await this.client
      .json<Site>("GET", site ? `sites/${encodeURIComponent(site)}/widget` : "widget")
      .catch(() => ({}));
    const jwt = await this.#identity();
    const kept = this.kept.read();
    if (kept && kept.who !== subject(jwt)) this.kept.write(null);
    try {
      if (this.kept.read()) await this.#resume();
      else if (jwt) await this.#start(jwt);
    } finally {
      this.#listener.redraw();
    }
  }

  /** Another visitor: nothing of the one before stays on the page. */
  async become(token: Token | null): Promise<void> {
    const jwt = await ask(token, (error) => this.failed(error));
    if ((this.kept.read()?.who ?? "") === subject(jwt) && this.turns.length) return;
    this.#clear();
    await this.begin();
  }

  /** Say something; it is kept on the page whatever happens. */
  say(text: string): Promise<void> {
    const turn = begun(text);
    this.turns.push(turn);
    this.#widget.emit("message", { role: "visitor", text });
    this.#listener.turned(turn);
    this.#last = this.#last.then(() => this.run(turn));
    return this.#last;
  }

  /** Once more, under the same name, so that the server answers and does not count it twice. */
  async run(turn: Turn): Promise<void> {
    if (this.#running || !this.turns.includes(turn)) return;
    const running = (this.#running = new AbortController());
    Object.assign(turn, { state: "waiting", problem: null, pause: 0 });
    this.#listener.turned(turn);
    try {
      await this.#insist(turn, running.signal);
      turn.state = "done";
    } catch (error) {
      turn.pause = 0;
      turn.state = running.signal.aborted ? "stopped" : "failed";
      if (turn.state === "failed") turn.problem = this.failed(error);
    }
    if (this.#running === running) this.#running = null;
    if (!this.turns.includes(turn)) return;
    this.#listener.turned(turn);
    if (this.#stale) this.#elsewhere();
  }

  /** A turn with all patience: where the server is full, where the line breaks, where the token ran out. */
  async #insist(turn: Turn, signal: AbortSignal): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        if (!this.kept.read()) await this.#start(await this.#identity());
        return await this.#answer(turn, signal);
      } catch (error) {
        const problem = problemOf(error);
        if (signal.aborted || tries >= TRIES) throw problem;
        if (isBusy(problem) && problem.wait <= LONGEST_WAIT) await this.#pause(turn, problem.wait || 2, signal);
        else if (isGone(problem) && !turn.fresh) {
          this.kept.write(null);
          turn.fresh = true;
        } else if (!(problem.status === 0 && turn.state === "streaming" && tries === 1)) throw problem;
      }
    }
  }

  async #answer(turn: Turn, signal: AbortSignal): Promise<void> {
    await this.#renew();
    const id = this.id;
    const body = { text: turn.said, turn_id: turn.key, ...this.#context() };
    const response = await this.client.send("POST", `sessions/${id}/messages`, body, {
      signal,
      headers: { Accept: "text/event-stream" },
    });
    turn.reply = "";
    turn.items = [];
    turn.since = Date.now();
    for await (const { name, data } of events(response)) {
      if (signal.aborted) throw signal.reason;
      turn.state = "streaming";
      if (name === "understood") this.profile = (data as { profile: Profile }).profile;
      if (name === "recommended") turn.items.push(...(data as { items: Card[] }).items);
      if (name === "said") turn.reply += (data as { text: string }).text;
      if (name === "error") throw data;
      if (name === "finished") return this.#finish(turn, data as Finished);
      this.#listener.turned(turn);
    }
    throw "broken off";
  }

  #finish(turn: Turn, { reply, items, question, profile }: Finished): void {
    Object.assign(turn, { reply, items, question });
    this.profile = profile;
    const notes: Kept["notes"] = {};
    for (const { id, reason, labels } of items) notes[id] = { reason, labels };
    this.#keep(items.length ? { notes } : {});
    this.#widget.emit("message", { role: "assistant", text: reply });
    if (items.length) this.#widget.emit("recommend", { items });
  }

  stop(): void {
    this.#running?.abort();
  }

  /** A click on a card's button; a second one takes it back. */
  async react(card: Card, reaction: Reaction, on: boolean): Promise<void> {
    const { catalogue } = card;
    const section = MARKS[reaction as Mark];
    this.#widget.emit("feedback", { item: card.id, reaction, on });
    if (reaction === "save") {
      const saved = this.saved.filter((id) => id !== card.id);
      this.#keep({ saved: on ? [...saved, card.id] : saved });
      if (!on) return this.#listener.changed();
    }
    if (on) await this.change("POST", "feedback", { item: card.id, reaction, catalogue });
    else await this.change("PATCH", "profile", { remove: [{ section, value: card.id }], catalogue });
  }

  /** A change of the profile: its address, what is sent, what comes back. */
  async change(method: string, what: "profile" | "feedback", body: unknown): Promise<void> {
    this.profile = await this.client.json<Profile>(method, `sessions/${this.id}/${what}`, body);
    this.#keep({});
    this.#listener.changed();
  }

  /** That a card was followed, told while the page is being left. */
  clicked(card: Card): void {
    const body = { item: card.id, reaction: "click", catalogue: card.catalogue };
    this.client.send("POST", `sessions/${this.id}/feedback`, body, { keepalive: true }).catch(() => {});
  }

  async consent(training: boolean): Promise<void> {
    this.learn = training;
    if (this.kept.read()) await this.client.json("PUT", `sessions/${this.id}/consent`, { training });
  }

  /** A clean conversation. The one before stays with the server, unless it is erased. */
  async reset(erase = false): Promise<void> {
    const kept = this.kept.read();
    if (erase && kept) {
      await this.client.send("DELETE", `sessions/${kept.id}`).catch((error: unknown) => {
        if (!isGone(problemOf(error))) throw error;
      });
    }
    this.#clear();
    this.kept.write(null);
    this.#listener.redraw();
  }

  destroy(): void {
    this.stop();
    this.turns = [];
    this.kept.destroy();
  }

  get id(): string {
    return encodeURIComponent(this.kept.read()?.id ?? "");
  }

  #clear(): void {
    this.stop();
    this.#running = null;
    this.turns = [];
    this.profile = NOTHING;
    this.#inContext = false;
  }

  #identity(): Promise<string | null> {
    return ask(this.#widget.options.token, (error) => this.failed(error));
  }

  async #start(identity: string | null): Promise<void> {
    const { site, catalogue, locale } = this.#widget.options;
    const session = await this.client.json<Session>("POST", "sessions", {
      site: site || undefined,
      catalogue: catalogue ? catalogue.split("|") : undefined,
      identity: identity || undefined,
      temporary: this.temporary || undefined,
      locale: language(locale),
    });
    const renew = session.expires_in ? Date.now() + session.expires_in * 500 : 0;
    const { id, token = "" } = session;
    this.#inContext = false;
    this.kept.write({ id, token, renew, who: subject(identity), saved: [], notes: {}, stamp: 0 });
    this.#keep({});
    if (session.turns.length && !this.turns.length) this.#recall(session);
    if (this.learn) await this.consent(true);
  }

  async #resume(): Promise<void> {
    try {
      this.#recall(await this.client.json<Session>("GET", `sessions/${this.id}`));
    } catch (error) {
      if (!isGone(problemOf(error))) throw error;
      this.#clear();
      this.kept.write(null);
    }
  }

  #recall(session: Session): void {
    const kept = this.kept.read();
    const word = this.#listener.sponsored();
    this.turns = session.turns.map((past) => remembered(past, kept?.notes ?? {}, word));
    this.profile = session.profile;
    this.#stamp = kept?.stamp ?? 0;
  }

  /** Another tab has said something, or has begun anew. */
  #elsewhere(): void {
    if (this.#running) {
      this.#stale = true;
      return;
    }
    this.#stale = false;
    const kept = this.kept.read();
    if (kept?.stamp === this.#stamp) return;
    if (!kept) {
      this.#clear();
      this.#listener.redraw();
      return;
    }
    this.#resume().then(
      () => this.#listener.redraw(),
      (error: unknown) => this.failed(error),
    );
  }

  #keep(more: Partial<Kept>): void {
    const kept = this.kept.read();
    if (!kept) return;
    this.kept.write({ ...kept, ...more });
    this.#stamp = this.kept.read()?.stamp ?? 0;
  }

  async #renew(): Promise<void> {
    const kept = this.kept.read();
    if (!kept?.renew || Date.now() < kept.renew) return;
    const fresh = await this.client.json<Session>("POST", `sessions/${this.id}/token`);
    const renew = fresh.expires_in ? Date.now() + fresh.expires_in * 500 : 0;
    this.#keep({ token: fresh.token ?? "", renew });
  }

  /** The page's context; once it is empty again, that is told too. */
  #context(): { context?: Record<string, string> } {
    const context = told(this.#widget.options.context);
    const empty = !Object.keys(context).length;
    if (empty && !this.#inContext) return {};
    this.#inContext = !empty;
    return { context };
  }

  async #pause(turn: Turn, seconds: number, signal: AbortSignal): Promise<void> {
    for (turn.pause = Math.ceil(seconds); turn.pause > 0; turn.pause--) {
      this.#listener.turned(turn);
      await new Promise((done, stopped) => {
        const timer = setTimeout(done, 1000);
        signal.addEventListener("abort", () => (clearTimeout(timer), stopped(signal.reason)), { once: true });
      });
    }
    turn.state = "waiting";
    this.#listener.turned(turn);
  }

  /** Tell the host page what went wrong. */
  failed(error: unknown): Problem {
    const problem = problemOf(error);
    const { status, title, detail } = problem;
    this.#widget.emit("error", { status, title, detail });
    return problem;
  }
}
