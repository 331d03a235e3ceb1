/** The quiet lines around the messages: how it began, what is missing, whether the other one is there. */
import { useEffect, useState } from "preact/hooks";
import type { RoomState } from "../../../shared/client/index.ts";
import { allOf } from "../shell/words.ts";
import { t } from "../words/index.ts";
import { Rich } from "../words/rich.tsx";

export function Top({ room, name, empty }: { room: RoomState; name: string; empty: boolean }) {
  if (room.log.older) return <p class="quiet-line">{t("list.loading")}</p>;
  if (room.log.gap) return <p class="quiet-line">{t("list.gap")}</p>;
  if (room.info?.kind === "group")
    return (
      <div class={empty ? "hello alone" : "hello"}>
        <p>{t("group.top", { name })}</p>
        {empty && !room.ended && <p class="muted">{t("group.quiet")}</p>}
      </div>
    );
  return (
    <div class={empty ? "hello alone" : "hello"}>
      <p>
        <Rich text={t("list.talking-to", { name })} />
      </p>
      {room.shared.length > 0 && <p>{t("list.both-like", { interests: allOf(room.shared) })}</p>}
      {empty && !room.ended && <p class="muted">{t("list.say-hello")}</p>}
    </div>
  );
}

const BACK_SHOWN_MS = 4_000;

export function PartnerState({ room, name, me }: { room: RoomState; name: string; me: string }) {
  const status = room.info?.members.find(({ id }) => id !== me)?.status;
  const [wasAway, setWasAway] = useState(false);
  useEffect(() => {
    if (status === "away") return setWasAway(true);
    if (!wasAway) return;
    const timer = setTimeout(() => setWasAway(false), BACK_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [status]);
  if (room.ended || room.info?.kind === "group") return null;
  if (status === "away") return <p class="quiet-line">{t("list.away", { name })}</p>;
  return wasAway && status === "online" ? <p class="quiet-line">{t("list.back", { name })}</p> : null;
}
