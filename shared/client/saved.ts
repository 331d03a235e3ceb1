/** What outlives a page: who the guest is, what is unsent, what was being looked for. Messages do not. */
import type { Credentials } from "../protocol/index.ts";
import type { Search } from "./matching.ts";
import type { OutboxItem } from "./outbox.ts";

export interface Saved {
  version: 1;
  credentials?: Credentials;
  /** When `credentials` came, by this client's clock (ms). */
  obtainedMs?: number;
  outbox?: readonly OutboxItem[];
  search?: Search;
  /** Room id → the interests that brought the two together, which the server says only once. */
  shared?: Record<string, readonly string[]>;
  /** The call this client is in. */
  callId?: string;
  /** Whom this guest blocked. */
  blocked?: readonly string[];
}

/** Where it is kept: sessionStorage in a page, nowhere by default. Both are synchronous. */
export interface Storage {
  load: () => Saved | undefined;
  save: (saved: Saved | undefined) => void;
}

export interface Keep {
  get: () => Saved;
  set: (change: Partial<Saved>) => void;
  clear: () => void;
}

/** Reads once, writes on each change. A storage that throws (full, forbidden) costs only the reload. */
export function createKeep(storage?: Storage): Keep {
  let saved: Saved = { version: 1 };
  try {
    const found = storage?.load();
    if (found?.version === 1) saved = found;
  } catch {
    // Starts empty.
  }
  const write = (value: Saved | undefined) => {
    try {
      storage?.save(value);
    } catch {
      // Goes on without.
    }
  };
  return {
    get: () => saved,
    set(change) {
      saved = { ...saved, ...change };
      write(saved);
    },
    clear() {
      saved = { version: 1 };
      write(undefined);
    },
  };
}
