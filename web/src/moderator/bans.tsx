/** Who is kept out just now. */
import { useEffect, useState } from "preact/hooks";
import type { Ban } from "../../../shared/protocol/index.ts";
import { ask, attempt } from "./server.ts";
import { when } from "./words.ts";

export function Bans() {
  const [bans, setBans] = useState<readonly Ban[]>();
  const [cursor, setCursor] = useState<string>();
  const load = (from?: string) =>
    attempt(async () => {
      const page = await ask("GET /api/bans", { query: { limit: 20, ...(from && { cursor: from }) } });
      setBans((before) => (from ? [...(before ?? []), ...page.bans] : page.bans));
      setCursor(page.cursor);
    });
  const lift = (id: string) =>
    attempt(async () => {
      await ask("DELETE /api/bans/:id", { params: { id } });
      setBans((before) => before?.filter((ban) => ban.id !== id));
    });
  useEffect(() => void load(), []);

  if (!bans) return <p class="muted">Loading…</p>;
  return (
    <section>
      <div class="moderator-head">
        <h1>Bans</h1>
        <button type="button" class="button" onClick={() => void load()}>
          Refresh
        </button>
      </div>
      {bans.length === 0 && <p class="moderator-empty">Nobody is banned.</p>}
      <ul class="moderator-list">
        {bans.map(({ id, kind, reason, createdAt, expiresAt }) => (
          <li key={id} class="moderator-entry">
            <span>
              <strong>{kind === "guest" ? "Guest" : "Address"}</strong> <code>{id.slice(0, 12)}…</code>
              <br />
              <span class="muted">
                {reason ? `${reason} · ` : ""}since {when(createdAt)}, until {when(expiresAt)}
              </span>
            </span>
            <button type="button" class="button" aria-label={`Lift the ban of ${id}`} onClick={() => void lift(id)}>
              Lift
            </button>
          </li>
        ))}
      </ul>
      {cursor !== undefined && (
        <button type="button" class="button" onClick={() => void load(cursor)}>
          More
        </button>
      )}
    </section>
  );
}
