/** The panel's own words. What a button says for the visitor is understood by the server as it stands. */

import type en from "./words/en.json";
import { EN, KEYS, ZH } from "./words/all";

export type Key = keyof typeof en;
export type Say = (key: Key, values?: Record<string, string | number>) => string;
export type Words = Record<Key, string>;

const both = [EN, ZH].map((lines) => Object.fromEntries(lines.map((line, n) => [KEYS[n], line])) as Words);

/** The table of a language. */
export const table = (language: "en" | "zh"): Words => both[language === "zh" ? 1 : 0] as Words;

/** A phrase with its gaps filled. */
export function phrase(words: Words, key: Key, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
