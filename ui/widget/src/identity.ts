/** Whom the host says it is: its backend's token, and whom that is about. */

import type { Token } from "./options";

/** The host's token; null for nobody, also when the host could not tell. */
export async function ask(token: Token | null, failed: (error: unknown) => void): Promise<string | null> {
  try {
    return (token && (await token())) || null;
  } catch (error) {
    failed(error);
    return null;
  }
}

/** The subject that the host's token names. It proves nothing; the server checks the token. */
export function subject(jwt: string | null): string {
  try {
    const middle = jwt!.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    return String((JSON.parse(atob(middle)) as { sub: unknown }).sub);
  } catch {
    return jwt ?? ""; // Nobody, or not a JWT: its whole text has to do.
  }
}
