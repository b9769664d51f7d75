/** The line that is written in: Enter sends, Shift and Enter make another line. */

import { button, h, icon } from "./dom";
import { ICONS } from "./icons";
import type { Say } from "./words";

export interface Composer {
  readonly form: HTMLFormElement;
  readonly text: HTMLTextAreaElement;
  /** Whether a turn runs, which makes the button one to stop it. */
  busy(running: boolean): void;
}

/** `send` says whether the text was taken; what was not taken stays to be changed. */
export function composer(say: Say, send: (text: string) => boolean, stop: () => void): Composer {
  let running = false;
  const text = h("textarea", { rows: 1, "aria-label": say("example"), placeholder: say("example"), enterkeyhint: "send" });
  const go = button(say("send"), () => {}, ICONS.send, "", { type: "submit" });
  const submit = (): void => {
    const written = text.value;
    if (!written.trim() || running) return;
    // Emptied first: what is sent may change the language, and then another line takes over what stands here.
    text.value = "";
    if (!send(written.trim())) text.value = written;
  };
  const form = h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        if (running) stop();
        else submit();
      },
    },
    text,
    go,
  );
  text.addEventListener("keydown", (event) => {
    // Whoever writes Chinese ends a word with Enter; that one is not for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  const busy = (now: boolean): void => {
    if (now === running) return;
    running = now;
    const name = say(now ? "stop" : "send");
    go.ariaLabel = go.title = name;
    go.replaceChildren(icon(now ? ICONS.stop : ICONS.send));
  };
  return { form, text, busy };
}
