/** What of calls stands in a chat's header. */
import type { RoomState } from "../../../shared/client/index.ts";
import { participantOf } from "../../../shared/client/index.ts";
import type { Call } from "../../../shared/protocol/index.ts";
import { Item } from "../rooms/more.tsx";
import { Icon } from "../shell/icon.tsx";
import { me } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { calls, canCall, load, part, plan } from "./state.ts";

const media = ["audio", "video"] as const;
const icons = { audio: "phone", video: "video" } as const;
const words = { audio: "call.audio", video: "call.video" } as const;

/** From the wish on: it is on the stage then. */
const ours = (room: RoomState) =>
  plan.value?.roomId === room.id || (part.value.state !== "none" && part.value.roomId === room.id);
/** One that goes on without us. */
function toJoin(room: RoomState): Call | undefined {
  const call = calls.value.live[room.id];
  return call && participantOf(call, me.value?.id)?.state !== "ringing" ? call : undefined;
}
const start = (room: RoomState, media: Call["media"]) => void load().then((code) => code?.begin(room.id, media));
/** In another call, or rung for this one. */
const busy = (room: RoomState) =>
  plan.value !== undefined || part.value.state !== "none" || calls.value.live[room.id] !== undefined;

/** Start one; or join the one that goes on without us. @param wide only in a wide header are there buttons to start one */
export function CallButtons({ room, wide = false }: { room: RoomState; wide?: boolean }) {
  if (!canCall || room.ended || ours(room)) return null;
  const call = toJoin(room);
  if (call)
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
  const buttons = media.map((one) => (
    <button
      key={one}
      type="button"
      class="icon-button"
      aria-label={t(words[one])}
      title={t(words[one])}
      disabled={busy(room)}
      onClick={() => start(room, one)}
    >
      <Icon name={icons[one]} />
    </button>
  ));
  return wide ? <span class="wide-header">{buttons}</span> : <>{buttons}</>;
}

/** The same in a menu. */
export function CallItems({ room }: { room: RoomState }) {
  if (!canCall || room.ended || ours(room) || toJoin(room)) return null;
  return (
    <>
      {media.map((one) => (
        <Item key={one} icon={icons[one]} disabled={busy(room)} onClick={() => start(room, one)}>
          {t(words[one])}
        </Item>
      ))}
    </>
  );
}
