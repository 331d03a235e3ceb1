/** Where a call is shown, once there is one; and what of it stands in a chat's header. */
import { useSignalEffect } from "@preact/signals";
import type { RoomState } from "../../../shared/client/index.ts";
import { participantOf } from "../../../shared/client/index.ts";
import type { Call } from "../../../shared/protocol/index.ts";
import { Icon } from "../shell/icon.tsx";
import { me } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { calls, canCall, incoming, load, loaded, part } from "./state.ts";

export function Calls() {
  useSignalEffect(() => {
    if (incoming.value || part.value.state !== "none") void load();
  });
  const code = loaded.value;
  return code ? <code.Call /> : null;
}

/** Start one; or join the one that goes on without us. */
export function CallButtons({ room }: { room: RoomState }) {
  if (!canCall || room.ended) return null;
  const call = calls.value.live[room.id];
  const mine = participantOf(call, me.value?.id)?.state;
  if (part.value.state !== "none" && part.value.roomId === room.id) return null;
  if (call && mine !== "ringing")
    return (
      <button
        type="button"
        class="button join-call"
        onClick={() => void load().then((code) => code?.join(call, "audio"))}
      >
        <Icon name="phone" />
        {t("call.join")}
      </button>
    );
  const start = (media: Call["media"]) => () => void load().then((code) => code?.begin(room.id, media));
  const elsewhere = part.value.state !== "none" || call !== undefined;
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={t("call.audio")}
        title={t("call.audio")}
        disabled={elsewhere}
        onClick={start("audio")}
      >
        <Icon name="phone" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={t("call.video")}
        title={t("call.video")}
        disabled={elsewhere}
        onClick={start("video")}
      >
        <Icon name="video" />
      </button>
    </>
  );
}
