/** The part of the screen that is to be seen: a phone's keyboard takes from it, and the panel gives way. */

import { sheet } from "./dom";

export interface Screen {
  readonly sheet: CSSStyleSheet;
  /** Show the panel: beside the page, or, where it covers the page, as the only thing that can be reached. */
  show(): void;
  destroy(): void;
}

export function screen(panel: HTMLDialogElement): Screen {
  const made = sheet("");
  const seen = visualViewport;
  const fit = (): void => {
    // While somebody zooms in with two fingers, the panel stays as it is.
    if (!seen || seen.scale > 1.01) return;
    made.replaceSync(`.panel{--height:${seen.height}px;--top:${seen.offsetTop}px}`);
  };
  const left = new AbortController();
  for (const name of ["resize", "scroll"]) seen?.addEventListener(name, fit, left);
  return {
    sheet: made,
    show() {
      fit();
      if (matchMedia("(max-width: 600px), (max-height: 480px)").matches) panel.showModal();
      else panel.open = true; // show() would take the focus
    },
    destroy: () => left.abort(),
  };
}
