import type { RoomState } from "../../../shared/client/index.ts";
import { CallButtons } from "../calls/buttons.tsx";
import type { Status } from "../../../shared/protocol/index.ts";
import { accuse } from "../reports/accused.ts";
import { Icon } from "../shell/icon.tsx";
import { SettingsButton } from "../shell/settings-button.tsx";
import { allOf } from "../shell/words.ts";
import { state } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { myGroups, unreadIn } from "./mine.tsx";
import { Item, More } from "./more.tsx";
import { listPath } from "./place.ts";

interface HeaderProps {
  room: RoomState;
  name: string;
  status: Status;
  /** Of a pair: whom to report or block. */
  partnerId: string | undefined;
  onLeave: () => void;
}

/** Who this is, whether they are there, and why you two. */
export function Header({ room, name, status, partnerId, onLeave }: HeaderProps) {
  const met = partnerId !== undefined && !state.value.blocked.includes(partnerId);
  const report = met ? () => accuse({ roomId: room.id, userId: partnerId, name }) : undefined;
  return (
    <header class="bar chat-header">
      <span class="avatar" aria-hidden="true">
        {name.charAt(0).toUpperCase()}
      </span>
      <div class="who">
        <h1>{name}</h1>
        <p>
          <span class={`presence ${status}`} aria-hidden="true" />
          <span class="status">{t(`chat.${status}`)}</span>
          {room.shared.length > 0 && (
            <span class="shared"> · {t("chat.both-like", { interests: allOf(room.shared) })}</span>
          )}
        </p>
      </div>
      <CallButtons room={room} />
      <Beside />
      <span class="wide-header">
        {report && (
          <button
            type="button"
            class="icon-button"
            aria-label={t("report.open")}
            title={t("report.open")}
            onClick={report}
          >
            <Icon name="flag" />
          </button>
        )}
        <SettingsButton />
        {!room.ended && (
          <button type="button" class="button quiet" onClick={onLeave}>
            <Icon name="leave" />
            {t("chat.leave")}
          </button>
        )}
      </span>
      <More>
        {!room.ended && (
          <Item icon="leave" onClick={onLeave}>
            {t("chat.leave")}
          </Item>
        )}
        {report && (
          <Item icon="flag" onClick={report}>
            {t("report.open")}
          </Item>
        )}
      </More>
    </header>
  );
}

/** The groups one is in beside the pair. */
function Beside() {
  const groups = myGroups();
  if (groups.length === 0) return null;
  const unread = groups.reduce((sum, group) => sum + unreadIn(group), 0);
  return (
    <a class="button quiet" href={listPath}>
      <Icon name="users" />
      <span class="hidden">{t("rooms.mine")}</span>
      {unread > 0 && <span class="badge">{unread}</span>}
    </a>
  );
}
