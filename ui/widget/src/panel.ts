/** The dialog that the launcher opens: header, chips, conversation, a line to write in. */

import { label, mark, type Table } from "./cards";
import { composer, type Composer } from "./composer";
import { Conversation } from "./conversation";
import { button, h, sheet } from "./dom";
import { ICONS } from "./icons";
import { language, type Token } from "./options";
import css from "./panel.css";
import { chips, inWords, undo, whole, type Desk } from "./profile";
import { dots, draw, place, redraw, trouble } from "./turns";
import type { Turn } from "./turn";
import { screen, type Screen } from "./screen";
import type { Panel, Widget } from "./widget";
import type { Card, Item } from "./wire";
import { phrase, table, type Say } from "./words";

const HAN = /[\u4e00-\u9fff]/;

class Dialog implements Panel, Table, Desk {
  chosen: Card | null = null;
  readonly conversation: Conversation;
  // Both languages are written from left to right, whatever the page is.
  readonly #box = h("dialog.panel", { dir: "ltr", "aria-labelledby": "title" });
  readonly #announcer = h("div.sr", { role: "status" });
  readonly #screen: Screen;
  #words = table("en");
  #begun: Promise<void> | null = null;
  #inTaste = false;
  #following = false;
  // Made anew by build(), in another language.
  #heading!: HTMLElement;
  #tasteButton!: HTMLButtonElement;
  #going!: HTMLElement;
  #log!: HTMLElement;
  #scroll!: HTMLElement;
  #taste!: HTMLElement;
  #answers!: HTMLElement;
  #status!: HTMLElement;
  #line!: Composer;

  constructor(readonly widget: Widget) {
    this.conversation = new Conversation(widget, {
      redraw: () => this.#redraw(),
      turned: (turn) => this.#turned(turn),
      changed: () => this.#changed(),
      sponsored: () => this.say("sponsored"),
    });
    this.#screen = screen(this.#box);
    widget.root.adoptedStyleSheets.push(sheet(css), this.#screen.sheet);
    widget.frame.prepend(this.#box);
    this.#box.addEventListener("cancel", (event) => this.#escape(event));
    this.#box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.#escape(event);
    });
    this.#build();
  }

  say: Say = (key, values) => phrase(this.#words, key, values);

  open(focus: boolean): void {
    this.#screen.show();
    if (focus) this.#line.text.focus();
    void this.#begin();
  }

  close(): void {
    this.#box.close();
  }

  send(text: string): void {
    void this.#begin().then(() => this.#speak(text));
  }

  reset(): void {
    this.#over();
  }

  setLocale(locale: string): void {
    this.widget.options.locale = locale;
    const { text } = this.#line;
    const held = this.widget.root.activeElement;
    const taste = this.#inTaste;
    this.#inTaste = false;
    this.#build();
    this.#line.text.value = text.value;
    this.#redraw();
    this.#turnTo(taste);
    if (held) this.#line.text.focus();
  }

  setUser(token: Token | null): void {
    this.try(this.#begin().then(() => this.conversation.become(token)));
  }

  destroy(): void {
    this.conversation.destroy();
    this.#screen.destroy();
  }

  /** What was said before is fetched once; where that fails, with the next opening. */
  #begin(): Promise<void> {
    this.#begun ??= this.conversation.begin().catch((error: unknown) => {
      this.#begun = null;
      this.try(Promise.reject(error));
    });
    return this.#begun;
  }

  #build(): void {
    const { say } = this;
    this.#words = table(language(this.widget.options.locale));
    this.#box.lang = this.#words === table("zh") ? "zh-Hans" : "en";
    this.#heading = h("h2", { id: "title" }, this.widget.options.title || say("title"));
    this.#tasteButton = button(say("taste"), () => this.#turnTo(!this.#inTaste), ICONS.taste, "", { "aria-pressed": "false" });
    this.#going = h("div.going", { role: "group", "aria-label": say("going_by"), hidden: true });
    this.#log = h("div.log", { role: "log", "aria-live": "off", "aria-label": say("conversation") });
    this.#answers = h("div.answers.own");
    this.#taste = h("div.taste", { hidden: true });
    this.#scroll = h("div.scroll", { tabindex: 0, role: "region", "aria-label": say("conversation") }, this.#log, this.#taste);
    this.#status = h("div.status", { role: "status" });
    this.#line = composer(say, (text) => this.#speak(text), () => this.conversation.stop());
    for (const name of ["wheel", "touchmove", "keydown"]) {
      this.#scroll.addEventListener(name, () => (this.#following = false), { passive: true });
    }
    this.#box.replaceChildren(
      h(
        "header",
        {},
        this.#heading,
        this.#tasteButton,
        button(say("over"), () => this.#sure("over") && this.#over(), ICONS.over),
        button(say("close"), () => this.widget.close(), ICONS.close),
      ),
      this.#scroll,
      this.#status,
      this.#answers,
      this.#going,
      this.#line.form,
      this.#announcer,
    );
    this.#log.append(dots());
  }

  /** Escape leaves the profile, then the panel. */
  #escape(event: Event): void {
    event.preventDefault();
    event.stopPropagation();
    if (this.#inTaste) this.#turnTo(false);
    else this.widget.close();
  }

  /** Say something for the visitor; false if it is not taken. */
  #speak(text: string): boolean {
    const most = this.conversation.longest;
    if (text.length > most) {
      this.#tell(this.say("too_long", { n: text.length, most }));
      return false;
    }
    this.#tell("");
    this.#turnTo(false);
    if (!this.widget.options.locale && HAN.test(text) && this.#words !== table("zh")) this.setLocale("zh");
    this.#following = true;
    this.try(this.conversation.say(text));
    return true;
  }

  #redraw(): void {
    const { greeting } = this.widget.options;
    const { turns } = this.conversation;
    const hello = h("p.reply", {}, greeting || this.say("greeting"));
    this.#log.replaceChildren(...(turns.length ? turns.map((turn) => draw(turn, this)) : [hello]));
    this.#changed();
    this.#following = true;
    this.#follow(turns[turns.length - 1]);
  }

  #turned(turn: Turn): void {
    if (place(turn)?.isConnected) redraw(turn, this);
    else {
      if (this.conversation.turns.length === 1) this.#log.replaceChildren();
      this.#log.append(draw(turn, this));
    }
    this.#changed();
    this.#follow(turn);
    if (turn.state === "done") this.#announce(turn.reply, turn.items);
    else if (turn.state === "failed" || turn.state === "stopped") this.#announcer.textContent = trouble(turn, this);
  }

  /** A finished reply is read out whole, once; pieces of it never are. */
  #announce(reply: string, items: Card[]): void {
    const list = items.length ? ` ${this.say("suggestions")}: ${items.map(label).join("; ")}.` : "";
    this.#announcer.textContent = reply + list;
  }

  #follow(turn: Turn | undefined): void {
    const found = turn && place(turn);
    if (found && this.#following) this.#scroll.scrollTop = found.offsetTop - 12;
  }

  #changed(): void {
    const held = this.#going.contains(this.widget.root.activeElement);
    const found = chips(this);
    const back = undo(this);
    this.#going.replaceChildren(h("div.chips", {}, ...found), back);
    this.#going.hidden = !found.length || this.#inTaste;
    if (held) (this.#going.hidden ? this.#line.text : back).focus();
    this.#line.busy(this.conversation.busy);
    this.#answer();
    mark(this.#log, this);
    if (this.#inTaste) this.#drawTaste();
  }

  #answer(): void {
    const { conversation, say } = this;
    const last = conversation.turns[conversation.turns.length - 1];
    const held = this.#answers.contains(this.widget.root.activeElement);
    const own = this.widget.options.starters;
    const plain = (text: string): [string, string] => [text, text];
    let found: [string, string][] = [];
    if (!last) found = (own.length ? own : say("starters").split("|")).map(plain);
    else if (last.state === "done" && last.question) {
      found = last.question.options.map(({ value, remaining: n }) => [say("option", { value, n }), value]);
      found.push(plain(say("just_show")));
    } else if (last.state === "done" && conversation.turns.some(({ items }) => items.length)) {
      found = (["more", "other", "why"] as const).map((key) => plain(say(key)));
    }
    const pill = ([shown, said]: [string, string]): HTMLElement => button(shown, () => this.#speak(said), "", "pill");
    this.#answers.replaceChildren(...found.map(pill));
    this.#answers.hidden = this.#inTaste || conversation.busy || !found.length;
    if (held) this.#refocus();
  }

  /** After a button that is gone: to the line, or on a phone, whose keyboard would jump up, to the log. */
  #refocus(): void {
    (matchMedia("(pointer: coarse)").matches ? this.#scroll : this.#line.text).focus();
  }

  compare(card: Card): void {
    const other = this.chosen;
    this.chosen = other ? null : card;
    this.#tell(this.chosen ? this.say("compare_other", { what: label(card) }) : "");
    if (other && other.id !== card.id) this.#speak(this.say("compare_two", { a: label(other), b: label(card) }));
    mark(this.#log, this);
  }

  /** Do it, and say so where it does not work. */
  try(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      const { status, detail } = this.conversation.failed(error);
      this.#tell(status ? this.say("failed", { what: detail }) : this.say("offline"));
      this.#changed();
    });
  }

  edit(change: unknown): void {
    this.try(this.conversation.change("PATCH", "profile", change).then(() => this.#tell(inWords(this))));
  }

  async card(id: string): Promise<Card> {
    const found = this.conversation.turns.flatMap(({ items }) => items).find((card) => card.id === id);
    if (found) return found;
    const item = await this.conversation.client.json<Item>("GET", `items/${encodeURIComponent(id)}`);
    return { id, title: String(item.title), item };
  }

  #tell(text: string): void {
    this.#status.textContent = text;
  }

  /** Whether what ends a conversation was asked for twice; the first time asks back. */
  #sure(what: "over" | "erase"): boolean {
    const asks = this.say(what) + "?";
    if (this.#status.textContent === asks || !this.conversation.turns.length) return true;
    this.#tell(asks);
    return false;
  }

  #over(erase = false): void {
    this.chosen = null;
    const done = this.conversation.reset(erase).then(() => {
      this.#turnTo(false);
      this.#tell(erase ? this.say("erased") : "");
      this.#line.text.focus();
    });
    this.try(done);
  }

  /** To the profile, or back to the conversation. */
  #turnTo(taste: boolean): void {
    if (this.#inTaste === taste) return;
    this.#inTaste = taste;
    this.#tasteButton.ariaPressed = String(taste);
    this.#log.hidden = taste;
    this.#taste.hidden = !taste;
    this.#scroll.setAttribute("aria-label", this.say(taste ? "taste" : "conversation"));
    this.#changed();
    this.#scroll.scrollTop = taste ? 0 : this.#scroll.scrollHeight;
  }

  #drawTaste(): void {
    const { conversation, say } = this;
    const held = this.#taste.contains(this.widget.root.activeElement);
    const asked = conversation.site.learning === "asked";
    const toggle = (text: string, on: boolean, set: (on: boolean) => void): HTMLElement => {
      const box = h("input", { type: "checkbox", checked: on, onchange: () => set(box.checked) });
      return h("label.switch", {}, box, text);
    };
    const temporary = (on: boolean): void => {
      if (!this.#sure("over")) return this.#drawTaste();
      conversation.temporary = on;
      this.try(conversation.reset());
    };
    this.#taste.replaceChildren(
      ...whole(this),
      h(
        "div",
        {},
        asked && toggle(say("learn"), conversation.learn, (on) => this.try(conversation.consent(on))),
        toggle(say("temporary"), conversation.temporary, temporary),
        h("div.answers", {}, button(say("undo"), () => this.edit({ undo: true }), "", "pill"), button(say("erase"), () => this.#sure("erase") && this.#over(true), "", "pill")),
      ),
    );
    if (held) this.#scroll.focus();
  }
}

/** The panel, within the launcher's frame; hidden until it is opened. */
export function createPanel(widget: Widget): Panel {
  return new Dialog(widget);
}
