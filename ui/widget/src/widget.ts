/** What launcher and panel know of each other. */

import type { Options, Token } from "./options";

/** The launcher's side. */
export interface Widget {
  /** The folder of widget.js: everything else is found from there. */
  readonly server: string;
  readonly options: Options;
  /** The box inside the shadow root that holds launcher and panel. */
  readonly frame: HTMLElement;
  readonly root: ShadowRoot;
  /** Tell the host page; false if it forbade what comes next. */
  emit(name: string, detail?: unknown): boolean;
  close(): void;
}

/** The panel's side. */
export interface Panel {
  open(focus: boolean): void;
  close(): void;
  send(text: string): void;
  reset(): void;
  /** The options have changed: other words, or another visitor. */
  setLocale(locale: string): void;
  setUser(token: Token | null): void;
  destroy(): void;
}
