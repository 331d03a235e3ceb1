/** Waiting for somebody, in the frame of the chat: what is looked for, for how long, and when that changes. */
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { MatchState } from "../../../shared/protocol/index.ts";
import { Live } from "../presence/live.tsx";
import { askToNotify, mayNotify } from "../presence/notify.ts";
import { Brand } from "../shell/brand.tsx";
import { Icon } from "../shell/icon.tsx";
import { SettingsButton } from "../shell/settings-button.tsx";
import { settings } from "../shell/settings.ts";
import { sayFailure } from "../shell/notice.tsx";
import { media } from "../sessions/form.ts";
import { listPath } from "../rooms/place.ts";
import { client, match } from "../shell/state.ts";
import { anyOf, elapsed, languageName } from "../shell/words.ts";
import { t } from "../words/index.ts";

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
  useLayoutEffect(() => {
    const onKey = ({ key, repeat, defaultPrevented }: KeyboardEvent) =>
      key === "Escape" && !repeat && !defaultPrevented && !document.querySelector("dialog[open]") && cancel();
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
        <SettingsButton />
        <button type="button" class="button quiet" onClick={cancel}>
          {t("searching.cancel")}
        </button>
      </header>
      <div class="searching-body">
        <div class="pulse" aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
        <div role="status">
          <h1>{queued ? lookingFor(queued) : t("searching.someone")}</h1>
        </div>
        <p class="searching-time" aria-label={t("searching.waited", { time: elapsed(waitedMs) })}>
          {elapsed(waitedMs)}
        </p>
        {queued && <p class="muted">{whatNext(queued, nowMs)}</p>}
        <Live />
        <Notifying />
        {waitedMs >= HELP_AFTER_MS && <Help queued={queued} />}
      </div>
    </main>
  );
}

function lookingFor({ criteria: { level, interests, language } }: Queued): string {
  if (level === "interests" && interests.length > 0) return t("searching.likes", { interests: anyOf(interests) });
  if (level !== "anyone" && language) return t("searching.speaks", { language: languageName(language) });
  return t("searching.anyone");
}

function whatNext({ criteria: { level, language, widensAt } }: Queued, nowMs: number): string {
  if (!widensAt) return t("searching.last");
  const seconds = Math.ceil((Date.parse(widensAt) - nowMs) / 1000);
  if (level === "interests" && language) {
    const name = languageName(language);
    if (seconds > 0) return t("searching.wider-speaks", { seconds, language: name });
    return t("searching.now-speaks", { language: name });
  }
  return seconds > 0 ? t("searching.wider-anyone", { seconds }) : t("searching.now-anyone");
}

/** Asked here, where it is plain what for. */
function Notifying() {
  const [asked, setAsked] = useState(false);
  if (mayNotify() === "granted" && settings.value.notify) return <p class="muted">{t("notify.will")}</p>;
  if (mayNotify() !== "default" || asked) return null;
  return (
    <button type="button" class="button quiet" onClick={() => void askToNotify().finally(() => setAsked(true))}>
      <Icon name="bell" />
      {t("notify.ask")}
    </button>
  );
}

function Help({ queued }: { queued: Queued | undefined }) {
  const picky = queued !== undefined && queued.criteria.level !== "anyone";
  return (
    <div class="help">
      <p>{t("searching.quiet")}</p>
      {picky && (
        <button type="button" class="button" onClick={() => void client.join({ media: media.value }).catch(sayFailure)}>
          {t("searching.widen")}
        </button>
      )}
      <a class="button quiet" href={listPath}>
        {t("searching.rooms")}
      </a>
    </div>
  );
}
