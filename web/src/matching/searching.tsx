/** Waiting for somebody, in the frame of the chat: what is looked for, for how long, and when that changes. */
import { useEffect, useState } from "preact/hooks";
import type { MatchState } from "../../../shared/protocol/index.ts";
import { Live } from "../presence/live.tsx";
import { Brand } from "../shell/brand.tsx";
import { sayFailure } from "../shell/notice.tsx";
import { client, match } from "../shell/state.ts";
import { anyOf, elapsed, languageName } from "../shell/words.ts";

type Queued = Extract<MatchState, { state: "queued" }>;
const HELP_AFTER_MS = 15_000;

export function Searching() {
  const [sinceMs] = useState(() => Date.now());
  const [nowMs, setNow] = useState(sinceMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const cancel = () => void client.leaveQueue().catch(sayFailure);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && cancel();
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  const now = match.value;
  const queued = now.state === "queued" ? now : undefined;
  const waitedMs = nowMs - Math.min(sinceMs, queued ? Date.parse(queued.since) : sinceMs);
  return (
    <main class="frame searching">
      <header class="bar">
        <Brand />
        <button type="button" class="button quiet" onClick={cancel}>
          Cancel
        </button>
      </header>
      <div class="searching-body">
        <div class="pulse" aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
        <div role="status">
          <h1>{queued ? lookingFor(queued) : "Looking for someone…"}</h1>
        </div>
        <p class="searching-time" aria-label={`Waiting for ${elapsed(waitedMs)}`}>
          {elapsed(waitedMs)}
        </p>
        {queued && <p class="muted">{whatNext(queued, nowMs)}</p>}
        <Live />
        {waitedMs >= HELP_AFTER_MS && <Help queued={queued} />}
      </div>
    </main>
  );
}

function lookingFor({ criteria: { level, interests, language } }: Queued): string {
  if (level === "interests" && interests.length > 0) return `Looking for someone who likes ${anyOf(interests)}…`;
  if (level !== "anyone" && language) return `Looking for someone who speaks ${languageName(language)}…`;
  return "Looking for anyone who's around…";
}

function whatNext({ criteria: { level, language, widensAt } }: Queued, nowMs: number): string {
  if (!widensAt) return "Whoever comes next is yours.";
  const seconds = Math.ceil((Date.parse(widensAt) - nowMs) / 1000);
  const wider = level === "interests" && language ? `anyone who speaks ${languageName(language)}` : "anyone at all";
  return seconds > 0 ? `In ${seconds} s we'll look for ${wider}.` : `Now looking for ${wider}.`;
}

function Help({ queued }: { queued: Queued | undefined }) {
  const picky = queued !== undefined && queued.criteria.level !== "anyone";
  return (
    <div class="help">
      <p>It's quiet just now. Keep this open: as soon as someone comes by, you'll be talking.</p>
      {picky && (
        <button type="button" class="button" onClick={() => void client.join({ media: "text" }).catch(sayFailure)}>
          Look for anyone now
        </button>
      )}
    </div>
  );
}
