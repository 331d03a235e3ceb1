/** What the guest prefers, in every tab and for as long as the browser keeps it; nothing in it says who they are. */
import { signal } from "@preact/signals";

export interface Settings {
  /** Of the page; absent, the browser's. */
  locale?: string;
  theme?: "system" | "light" | "dark";
  /** Strangers' pictures are blurred until tapped; so unless said otherwise. */
  blur?: boolean;
  /** Keys that stand for a command by themselves; so unless said otherwise. */
  shortcuts?: boolean;
  notify?: boolean;
  /** A call that comes is heard. */
  ring?: boolean;
  /** Is 18, and has read what to mind among strangers. */
  agreed?: boolean;
}

const KEY = "passerby.settings";

function readSettings(text: string | null): Settings {
  try {
    const found: unknown = JSON.parse(text ?? "{}");
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const settings = signal<Settings>(readSettings(stored()));

export function remember(change: Partial<Settings>): void {
  settings.value = { ...settings.value, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.value));
  } catch {
    // Full or forbidden: then it holds for this page.
  }
}

/** The other tabs follow. */
addEventListener("storage", ({ key, newValue }) => {
  if (key === KEY) settings.value = readSettings(newValue);
});
