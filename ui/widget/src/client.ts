/** The HTTP API as the panel uses it: a bearer token where one was given, problems as errors. */

import type { Store } from "./storage";

/** A refusal of the server, or (status 0) none was reached. `wait` is in seconds. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
  wait: number;
}

/** Whatever was thrown, as a problem. */
export const problemOf = (error: unknown): Problem =>
  typeof (error as Problem | null)?.status === "number"
    ? (error as Problem)
    : { status: 0, title: "No answer", detail: String(error), wait: 0 };

/** The conversation is not to be had any more: erased, or its token has run out. */
export const isGone = ({ status }: Problem): boolean => status === 401 || status === 404;

export const isBusy = ({ status }: Problem): boolean => status === 429 || status === 503;

export interface Client {
  send(method: string, path: string, body?: unknown, more?: RequestInit): Promise<Response>;
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
}

export function client(server: string, store: Store): Client {
  /** One request. A token that another tab has replaced meanwhile is read anew, once. */
  async function send(method: string, path: string, body?: unknown, more: RequestInit = {}, again = true): Promise<Response> {
    const token = store.read()?.token;
    const headers = { ...(more.headers as Record<string, string>) };
    if (body) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(new URL(`api/v1/${path}`, server), {
      method,
      credentials: "omit",
      ...more,
      headers,
      body: body ? JSON.stringify(body) : null,
    });
    if (response.ok) return response;
    const { status } = response;
    const fresh = store.read()?.token;
    if (status === 401 && again && fresh && fresh !== token) return send(method, path, body, more, false);
    const told = (await response.json().catch(() => ({}))) as Partial<Problem>;
    const wait = Number(response.headers.get("Retry-After")) || 0;
    throw { status, title: told.title ?? "", detail: String(told.detail ?? status), wait } satisfies Problem;
  }
  return { send, json: async (method, path, body) => (await send(method, path, body)).json() };
}
