/** Names for the ids of a call, and who of the others is where in it. */
import { computed } from "@preact/signals";
import type { Call } from "../../../shared/protocol/index.ts";
import { me, state } from "../shell/state.ts";
import { allOf } from "../shell/words.ts";
import { t } from "../words/index.ts";
import { call, part, plan } from "./state.ts";

export const nameOf = (roomId: string, userId: string): string =>
  state.value.rooms[roomId]?.info?.members.find(({ id }) => id === userId)?.username ?? t("call.somebody");

export const namesOf = (call: Call, which: (userId: string) => boolean): string => {
  const names = call.participants
    .filter(({ userId }) => which(userId))
    .map(({ userId }) => nameOf(call.roomId, userId));
  return names.length === 0 ? t("call.somebody") : allOf(names);
};

/** The room that the call on screen is in, or is being made ready for. */
export const roomId = computed(() => {
  const now = part.value;
  return now.state === "none" ? plan.value?.roomId : now.roomId;
});

/** Whom the call is with, in words. */
export const withWhom = computed(() => {
  const id = roomId.value;
  const room = id === undefined ? undefined : state.value.rooms[id]?.info;
  if (!id || !room) return "";
  const own = me.value?.id;
  if (room.kind === "group") return room.name ?? t("call.group");
  const other = room.members.find((member) => member.id !== own);
  return other?.username ?? t("chat.partner");
});

export const joined = computed(() => {
  const now = call.value;
  return (now?.participants ?? []).filter(({ userId, state }) => userId !== me.value?.id && state === "joined");
});
