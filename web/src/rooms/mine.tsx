/** The groups the guest is in, with what is unread there. */
import { lastSeq, type RoomState } from "../../../shared/client/index.ts";
import { client, me, state } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { Row } from "./row.tsx";

export const myGroups = (): RoomState[] =>
  Object.values(state.value.rooms).filter(({ info, ended }) => info?.kind === "group" && !ended);

export function unreadIn(room: RoomState): number {
  const read = Math.max(client.readSeq(room.id), room.receipts[me.value?.id ?? ""]?.readSeq ?? 0);
  return Math.max(0, Math.max(lastSeq(room.log), room.log.head) - read);
}

export function MyRooms() {
  const groups = myGroups();
  if (groups.length === 0) return null;
  return (
    <>
      <h3>{t("rooms.mine")}</h3>
      <ul class="rooms-list" aria-label={t("rooms.mine")}>
        {groups.map((room) => {
          const { name = "", capacity, memberCount = 0 } = room.info!;
          return <Row key={room.id} id={room.id} unread={unreadIn(room)} {...{ name, capacity, memberCount }} />;
        })}
      </ul>
      <h3>{t("rooms.public")}</h3>
    </>
  );
}
