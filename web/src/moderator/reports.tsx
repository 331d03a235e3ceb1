/** The reports of the last day; one of them opened. */
import { useEffect, useState } from "preact/hooks";
import type { ReportSummary } from "../../../shared/protocol/index.ts";
import { Opened } from "./opened.tsx";
import { ask, attempt } from "./server.ts";
import { m, reasonOf, when } from "./words.ts";

export function Reports() {
  const [reports, setReports] = useState<readonly ReportSummary[]>();
  const [cursor, setCursor] = useState<string>();
  const [open, setOpen] = useState<string>();
  const load = (from?: string) =>
    attempt(async () => {
      const page = await ask("GET /api/reports", { query: { limit: 20, ...(from && { cursor: from }) } });
      setReports((before) => (from ? [...(before ?? []), ...page.reports] : page.reports));
      setCursor(page.cursor);
    });
  useEffect(() => void load(), []);

  if (open !== undefined) {
    const done = () => {
      setOpen(undefined);
      void load();
    };
    return <Opened id={open} onBack={done} />;
  }
  if (!reports) return <p class="muted">{m("mod.loading")}</p>;
  return (
    <section>
      <div class="moderator-head">
        <h1>{m("mod.reports")}</h1>
        <button type="button" class="button" onClick={() => void load()}>
          {m("mod.refresh")}
        </button>
      </div>
      {reports.length === 0 && <p class="moderator-empty">{m("mod.no-reports")}</p>}
      <ul class="moderator-list">
        {reports.map(({ id, reason, reported, reporter, messageCount, createdAt }) => (
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
      </ul>
      {cursor !== undefined && (
        <button type="button" class="button" onClick={() => void load(cursor)}>
          {m("mod.more")}
        </button>
      )}
    </section>
  );
}
