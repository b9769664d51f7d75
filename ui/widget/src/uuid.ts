/** A random name for a turn, as the 32 digits of a UUID. `crypto.randomUUID` is missing on pages without https. */
export const uuid = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => (byte + 256).toString(16).slice(1)).join("");
