/** A group room: who is in, what is said, what can be said; or, once it is over, where to go. */
import type { RoomState } from "../../../shared/client/index.ts";
import type { User } from "../../../shared/protocol/index.ts";
import { CallButtons, CallItems } from "../calls/buttons.tsx";
import { Composer } from "../messages/composer.tsx";
import { List } from "../messages/list.tsx";
import { openDialog } from "../shell/dialogs.tsx";
import { Icon } from "../shell/icon.tsx";
import { say, sayFailure } from "../shell/notice.tsx";
import { SettingsButton } from "../shell/settings-button.tsx";
import { client, me, room } from "../shell/state.ts";
import { Drop } from "../uploads/attach.tsx";
import { Viewing } from "../uploads/viewing.tsx";
import { t } from "../words/index.ts";
import { Back } from "./back.tsx";
import { Door } from "./door.tsx";
import { useChatKeys } from "./keys.ts";
import { Item, More } from "./more.tsx";
import { leaveRooms, quitRoom } from "./place.ts";

export function Group({ roomId }: { roomId: string }) {
  const now = room.value;
  const user = me.value;
  return now && user ? <Inside key={roomId} room={now} user={user} /> : <Door key={roomId} roomId={roomId} />;
}

function Inside({ room, user }: { room: RoomState; user: User }) {
  const info = room.info!;
  const name = info.name ?? "";
  const over = room.ended !== undefined;
  const leave = () => {
    void client.leave(room.id).catch(sayFailure);
    quitRoom();
    client.forget(room.id);
  };
  useChatKeys(over ? undefined : leaveRooms);
  const older = () => client.loadOlder(room.id).catch(() => say(t("list.no-older")));
  return (
    <main class="frame chat group">
      <header class="bar chat-header">
        <Back />
        <div class="who">
          <h1 dir="auto">{name}</h1>
          <p>{t(`group.${info.visibility ?? "unlisted"}`)}</p>
        </div>
        <CallButtons room={room} wide />
        <button
          type="button"
          class="button quiet"
          aria-label={t("group.members", { count: info.memberCount ?? info.members.length })}
          aria-haspopup="dialog"
          onClick={() => void openDialog("members")}
        >
          <Icon name="users" />
          {info.memberCount ?? info.members.length}
        </button>
        <span class="wide-header">
          <SettingsButton />
          {!over && (
            <button type="button" class="button quiet" onClick={leave}>
              <Icon name="leave" />
              {t("chat.leave")}
            </button>
          )}
        </span>
        <More>
          <CallItems room={room} />
          {!over && (
            <Item icon="leave" onClick={leave}>
              {t("chat.leave")}
            </Item>
          )}
        </More>
      </header>
      <List room={room} name={name} user={user} loadOlder={older} />
      {over ? <Ended room={room} /> : <Composer roomId={room.id} name={name} next={null} />}
      {!over && <Drop name={name} />}
      <Viewing />
    </main>
  );
}

function Ended({ room }: { room: RoomState }) {
  const left = room.ended?.mine === true || room.ended?.reason === "left";
  const again = () => void client.groups.join(room.id).catch(sayFailure);
  const back = () => {
    quitRoom();
    client.forget(room.id);
  };
  return (
    <section class="ended" aria-label={t("ended.label")}>
      <p role="status">{t(left ? "group.left" : "group.closed")}</p>
      <div class="ended-actions">
        {left && (
          <button type="button" class="button" onClick={again}>
            {t("group.join-again")}
          </button>
        )}
        <button type="button" class="button primary" onClick={back}>
          {t("ended.back")}
        </button>
      </div>
    </section>
  );
}
