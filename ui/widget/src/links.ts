/** Addresses out of a catalogue. They are strangers: http and https only, pictures from known hosts only. */

import type { Item } from "./wire";

const LINKS = ["url", "link", "href"];
const PICTURES = ["image", "image_url", "poster", "thumbnail", "cover", "picture"];

/** An address that a browser would go to and nothing else: no script, no data, no name in it. */
export function web(value: unknown): URL | null {
  if (typeof value !== "string" || !value.trim()) return null;
  try {
    const url = new URL(value, document.baseURI);
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}

const first = (item: Item, names: string[]): URL | null =>
  names.map((name) => web([item[name]].flat()[0])).find(Boolean) ?? null;

/** Where an item is to be found: its own link, else the host's pattern with its id. */
export function link(item: Item, id: string, pattern: string): URL | null {
  return first(item, LINKS) ?? (pattern ? web(pattern.replace("{id}", encodeURIComponent(id))) : null);
}

/** An item's picture, if it lies on the page's host, the server's or one that the site allows. */
export function picture(item: Item, server: string, hosts: string[]): URL | null {
  const found = first(item, PICTURES);
  const allowed = [location.host, new URL(server).host, ...hosts];
  return found && (allowed.includes(found.host) || hosts.includes(found.hostname)) ? found : null;
}
