/** For the operator: reports to read, guests and addresses to keep out. */
import { useEffect, useState } from "preact/hooks";
// oxlint-disable-next-line import/no-unassigned-import
import "../styles/moderator.css"; // not among the styles that guests load
import { Brand } from "../shell/brand.tsx";
import { PageLanguage } from "../shell/language.tsx";
import { Bans } from "./bans.tsx";
import { Reports } from "./reports.tsx";
import { ask, attempt, problem, token } from "./server.ts";
import { m } from "./words.ts";

export function ModeratorPage() {
  const title = m("mod.title");
  useEffect(() => {
    document.title = `${title} · Passerby`;
  }, [title]);
  return (
    <main class="moderator">
      <header>
        <Brand />
        <PageLanguage />
        {token.value !== undefined && (
          <button type="button" class="button quiet" onClick={() => (token.value = undefined)}>
            {m("mod.lock")}
          </button>
        )}
      </header>
      {token.value === undefined ? <Lock /> : <Desk />}
    </main>
  );
}

const Problem = () => (
  <p class="problem" role="alert">
    {problem.value}
  </p>
);

function Lock() {
  const [typed, setTyped] = useState("");
  const open = () =>
    attempt(async () => {
      const guess = typed.trim();
      await ask("GET /api/reports", { query: { limit: 1 }, token: guess });
      token.value = guess; // what stands behind it opens now, not for a moment before it is refused
    });
  return (
    <form
      class="card moderator-lock"
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <h1>{m("mod.title")}</h1>
      <label class="moderator-field">
        <span>ADMIN_TOKEN</span>
        <input
          type="password"
          autocomplete="off"
          required
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <p class="muted">{m("mod.token-kept")}</p>
      <Problem />
      <button type="submit" class="button primary wide">
        {m("mod.open")}
      </button>
    </form>
  );
}

function Desk() {
  const [tab, setTab] = useState<"reports" | "bans">("reports");
  return (
    <>
      <nav class="moderator-tabs" aria-label={m("mod.title")}>
        {(["reports", "bans"] as const).map((one) => (
          <button key={one} type="button" aria-current={tab === one ? "page" : undefined} onClick={() => setTab(one)}>
            {m(`mod.${one}`)}
          </button>
        ))}
      </nav>
      <Problem />
      {tab === "reports" ? <Reports /> : <Bans />}
    </>
  );
}
