/** The identity is over, or lives on elsewhere: says why, and what can be done. */
import type { ErrorBody } from "../../../shared/protocol/index.ts";
import { Brand } from "../shell/brand.tsx";
import { client, closeRoom, connection, readEnding } from "../shell/state.ts";
import { momentOf } from "../shell/words.ts";
import { t } from "../words/index.ts";

export function Over() {
  const now = connection.value;
  if (now.state !== "ended") return null;
  const { code } = now.error;
  const elsewhere = code === "conflict";
  const outdated = code === "invalid";
  const title = elsewhere ? t("over.elsewhere") : outdated ? t("over.outdated") : t("over.ended");
  const text = elsewhere
    ? t("over.elsewhere-text")
    : outdated
      ? t("over.outdated-text")
      : (untilOf(now.error) ?? t(`error.${code}`));
  return (
    <main class="card-page">
      <Brand />
      <div class="card over">
        <h1>{title}</h1>
        <p>{text}</p>
        {elsewhere && (
          <button type="button" class="button primary wide" onClick={() => client.takeBack()}>
            {t("over.use-here")}
          </button>
        )}
        {outdated && (
          <button type="button" class="button primary wide" onClick={() => location.reload()}>
            {t("over.reload")}
          </button>
        )}
        {!elsewhere && !outdated && code !== "banned" && (
          <button
            type="button"
            class="button primary wide"
            onClick={() => {
              readEnding.value = now;
              closeRoom();
            }}
          >
            {t("over.start-again")}
          </button>
        )}
      </div>
    </main>
  );
}

/** Of a ban we know when it ends. */
function untilOf({ code, retryAfterMs }: ErrorBody): string | undefined {
  if (code !== "banned" || retryAfterMs === undefined) return undefined;
  return t("report.banned", { time: momentOf(new Date(Date.now() + retryAfterMs).toISOString()) });
}
