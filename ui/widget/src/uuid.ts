/** A random name for a turn. `crypto.randomUUID` is missing on pages without https. */
export const uuid = (): string =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const random = (crypto.getRandomValues(new Uint8Array(1))[0] as number) & (15 >> (+digit / 4));
    return (+digit ^ random).toString(16);
  });
