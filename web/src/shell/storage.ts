/** sessionStorage: of this tab alone, so two windows are two guests; it survives a reload and nothing else. */
import type { Saved, Storage } from "../../../shared/client/index.ts";

/** What was written under that key, if it can be read. */
export function read(key: string): unknown {
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function write(key: string, value: unknown): void {
  try {
    if (value === undefined || value === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: then a reload forgets.
  }
}

export const tabStorage = (key: string): Storage => ({
  load: () => read(key) as Saved | undefined,
  save: (saved) => write(key, saved),
});
