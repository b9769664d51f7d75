/** What a browser keeps of a conversation, so that a reload, another page or a second tab goes on with it. */

import type { Card } from "./wire";

export interface Kept {
  id: string;
  token: string;
  /** When the token is to be changed for a fresh one, in milliseconds since 1970; 0 for never. */
  renew: number;
  /** Who the host said it was, so that one person's words are never shown to the next. */
  who: string;
  saved: string[];
  /** Reasons and labels of the last list, which the server does not tell again. */
  notes: Record<string, Pick<Card, "reason" | "labels">>;
  /** Changes with every change, for other tabs to notice. */
  stamp: number;
}

export interface Store {
  read(): Kept | null;
  write(kept: Kept | null): void;
  destroy(): void;
}

/** `changed` is called when another tab has written. */
export function storage(persistence: "local" | "session" | "none", key: string, changed: () => void): Store {
  let memory: string | null = null;
  let place: globalThis.Storage | null = null;
  try {
    if (persistence !== "none") place = persistence === "local" ? localStorage : sessionStorage;
  } catch {
    // Forbidden in this browser: the page's memory has to do.
  }
  const heard = (event: StorageEvent): void => {
    if (event.key === key || event.key === null) changed();
  };
  addEventListener("storage", heard);
  return {
    read() {
      try {
        const found = JSON.parse((place ? place.getItem(key) : memory) ?? "null") as Kept | null;
        return found && typeof found.id === "string" ? found : null;
      } catch {
        return null;
      }
    },
    write(kept) {
      memory = kept && JSON.stringify({ ...kept, stamp: Date.now() + Math.random() });
      try {
        if (memory) place?.setItem(key, memory);
        else place?.removeItem(key);
      } catch {
        // Full or forbidden: the conversation goes on, and is not found again.
      }
    },
    destroy: () => removeEventListener("storage", heard),
  };
}
