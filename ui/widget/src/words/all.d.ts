/** The tables as the build packs them: the keys once, then each language's lines in their order. */
export const KEYS: string[];
export const EN: string[];
export const ZH: string[];
