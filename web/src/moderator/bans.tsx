/** Who is kept out just now. */
import type { Ban } from "../../../shared/protocol/index.ts";
import { Pages, usePages } from "./pages.tsx";
import { ask, attempt } from "./server.ts";
import { m, when } from "./words.ts";

export function Bans() {
  const pages = usePages(async (query) => {
    const { bans, cursor } = await ask("GET /api/bans", { query });
    return { items: bans, cursor };
  });
  const lift = (ban: Ban) =>
    attempt(async () => {
      await ask("DELETE /api/bans/:id", { params: { id: ban.id } });
      pages.remove(ban);
    });

  return (
    <Pages of={pages} title={m("mod.bans")} empty={m("mod.nobody")}>
      {pages.items?.map((ban) => (
        <li key={ban.id} class="moderator-entry">
          <span>
            <strong>{m(`mod.ban-${ban.kind}`)}</strong> <code>{ban.id.slice(0, 12)}…</code>
            <br />
            <span class="muted">
              {ban.reason ? `${ban.reason} · ` : ""}
              {m("mod.since", { from: when(ban.createdAt), until: when(ban.expiresAt) })}
            </span>
          </span>
          <button
            type="button"
            class="button"
            aria-label={m("mod.lift-of", { id: ban.id })}
            onClick={() => void lift(ban)}
          >
            {m("mod.lift")}
          </button>
        </li>
      ))}
    </Pages>
  );
}
