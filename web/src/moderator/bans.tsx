/** Who is kept out just now. */
import { useEffect, useState } from "preact/hooks";
import type { Ban } from "../../../shared/protocol/index.ts";
import { ask, attempt } from "./server.ts";
import { m, when } from "./words.ts";

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

  if (!bans) return <p class="muted">{m("mod.loading")}</p>;
  return (
    <section>
      <div class="moderator-head">
        <h1>{m("mod.bans")}</h1>
        <button type="button" class="button" onClick={() => void load()}>
          {m("mod.refresh")}
        </button>
      </div>
      {bans.length === 0 && <p class="moderator-empty">{m("mod.nobody")}</p>}
      <ul class="moderator-list">
        {bans.map(({ id, kind, reason, createdAt, expiresAt }) => (
          <li key={id} class="moderator-entry">
            <span>
              <strong>{m(`mod.ban-${kind}`)}</strong> <code>{id.slice(0, 12)}…</code>
              <br />
              <span class="muted">
                {reason ? `${reason} · ` : ""}
                {m("mod.since", { from: when(createdAt), until: when(expiresAt) })}
              </span>
            </span>
            <button type="button" class="button" aria-label={m("mod.lift-of", { id })} onClick={() => void lift(id)}>
              {m("mod.lift")}
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
