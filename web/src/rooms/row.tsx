/** A room as a line that leads into it. */
import { t } from "../words/index.ts";
import { roomPath } from "./place.ts";

interface RowProps {
  id: string;
  name: string;
  memberCount: number;
  capacity: number;
  /** One that the guest is in: how many messages are unread. */
  unread?: number;
}

export function Row({ id, name, memberCount, capacity, unread }: RowProps) {
  const full = unread === undefined && memberCount >= capacity;
  return (
    <li>
      <a class="room-row" href={roomPath(id)}>
        <span class="avatar" aria-hidden="true">
          {name.slice(0, name.codePointAt(0)! > 0xffff ? 2 : 1).toUpperCase()}
        </span>
        <span class="room-name">
          <bdi>{name}</bdi>
          <span class="muted">
            {full ? t("rooms.full-of", { count: memberCount }) : t("rooms.count", { count: memberCount })}
          </span>
        </span>
        {unread !== undefined && unread > 0 && (
          <span class="badge">
            {unread}
            <span class="hidden"> {t("rooms.unread")}</span>
          </span>
        )}
      </a>
    </li>
  );
}
