/** A list asked for page by page: its heading, what stands there when it is empty, and the way to more of it. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "./server.ts";
import { m } from "./words.ts";

interface Page<T> {
  items: readonly T[];
  cursor?: string | undefined;
}

/** @param ask for the page from there on, 20 long; the first is asked for at once */
export function usePages<T>(ask: (query: { limit: number; cursor?: string }) => Promise<Page<T>>) {
  const [items, setItems] = useState<readonly T[]>();
  const [cursor, setCursor] = useState<string>();
  const load = (from?: string) =>
    attempt(async () => {
      const page = await ask({ limit: 20, ...(from && { cursor: from }) });
      setItems((before) => (from ? [...(before ?? []), ...page.items] : page.items));
      setCursor(page.cursor);
    });
  useEffect(() => void load(), []);
  return { items, cursor, load, remove: (doomed: T) => setItems((all) => all?.filter((item) => item !== doomed)) };
}

interface PagesProps {
  of: Pick<ReturnType<typeof usePages>, "items" | "cursor" | "load">;
  title: string;
  empty: string;
  children: ComponentChildren;
}

export function Pages({ of: { items, cursor, load }, title, empty, children }: PagesProps) {
  if (!items) return <p class="muted">{m("mod.loading")}</p>;
  return (
    <section>
      <div class="moderator-head">
        <h1>{title}</h1>
        <button type="button" class="button" onClick={() => void load()}>
          {m("mod.refresh")}
        </button>
      </div>
      {items.length === 0 && <p class="moderator-empty">{empty}</p>}
      <ul class="moderator-list">{children}</ul>
      {cursor !== undefined && (
        <button type="button" class="button" onClick={() => void load(cursor)}>
          {m("mod.more")}
        </button>
      )}
    </section>
  );
}
