/** The objects of the HTTP API, as far as the panel reads them. */

export type Item = Record<string, unknown>;
export interface Card {
  id: string;
  title: string;
  item: Item;
  reason?: string | undefined;
  labels?: string[] | undefined;
  catalogue?: string | undefined;
}
export interface Question {
  facet: string;
  text: string;
  options: { value: string; remaining: number }[];
}
export interface Preference {
  facet: string;
  value: string | number;
  quote: string;
  turn: number;
  op?: string;
  label?: string;
}
export type Words = "wants" | "avoids" | "limits";
export type Marks = "liked" | "disliked" | "seen";
export type Profile = Record<Words, Preference[]> &
  Record<Marks, string[]> & { guesses: { facet: string; value: string }[] };
export interface Finished {
  reply: string;
  action: string;
  items: Card[];
  question: Question | null;
  profile: Profile;
}
export interface PastTurn {
  utterance: string;
  reply: string;
  question: Question | null;
  items: Item[];
  sponsored?: string[];
}
export interface Session {
  id: string;
  turns: PastTurn[];
  profile: Profile;
  token?: string;
  expires_in?: number;
}
export interface Site {
  longest_utterance?: number;
  learning?: "asked" | "assumed" | "never";
  image_hosts?: string[];
}
export type Reaction = "like" | "dislike" | "seen" | "save" | "click";
/** What a card's buttons say, and where the profile keeps it. */
export const MARKS = { like: "liked", dislike: "disliked", seen: "seen", save: "", compare: "" } as const;
export type Mark = keyof typeof MARKS;

export const NOTHING: Profile = {
  wants: [],
  avoids: [],
  limits: [],
  liked: [],
  disliked: [],
  seen: [],
  guesses: [],
};
