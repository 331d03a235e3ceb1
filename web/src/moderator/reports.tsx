/** The reports of the last day; one of them opened. */
import { useState } from "preact/hooks";
import { Opened } from "./opened.tsx";
import { Pages, usePages } from "./pages.tsx";
import { ask } from "./server.ts";
import { m, reasonOf, when } from "./words.ts";

export function Reports() {
  const [open, setOpen] = useState<string>();
  const pages = usePages(async (query) => {
    const { reports, cursor } = await ask("GET /api/reports", { query });
    return { items: reports, cursor };
  });

  if (open !== undefined) {
    const done = () => {
      setOpen(undefined);
      void pages.load();
    };
    return <Opened id={open} onBack={done} />;
  }
  return (
    <Pages of={pages} title={m("mod.reports")} empty={m("mod.no-reports")}>
      {pages.items?.map(({ id, reason, reported, reporter, messageCount, createdAt }) => (
        <li key={id}>
          <button type="button" onClick={() => setOpen(id)}>
            <span class="moderator-what">
              <strong>{reasonOf(reason)}</strong>
              <time dateTime={createdAt}>{when(createdAt)}</time>
            </span>
            <span class="muted">
              {m("mod.who", {
                reported: reported.username ?? m("mod.gone"),
                reporter: reporter.username || m("mod.gone"),
                messages: m("mod.messages", { count: messageCount }),
              })}
            </span>
          </button>
        </li>
      ))}
    </Pages>
  );
}
