/** A pair's chat: header, messages, and what can be said; or, once it is over, where to go. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { partnerOf } from "../../../shared/client/index.ts";
import { Ended } from "../matching/ended.tsx";
import { Composer } from "../messages/composer.tsx";
import { List } from "../messages/list.tsx";
import { say, sayFailure } from "../shell/notice.tsx";
import { Drop } from "../uploads/attach.tsx";
import { Viewing } from "../uploads/viewing.tsx";
import { client, closeRoom, me, room } from "../shell/state.ts";
import { Header } from "./header.tsx";
import { useChatKeys } from "./keys.ts";
import { t } from "../words/index.ts";

/** A second Esc within this time means it. */
const SURE_MS = 3_000;

export function Chat() {
  const asking = useSignal(false);
  const now = room.value;
  const user = me.value;
  const over = now?.ended !== undefined;

  const next = () => {
    if (!now) return;
    void client.skip(now.id).catch(sayFailure);
    closeRoom();
  };
  const leave = () => {
    if (!now) return;
    void client.leave(now.id).catch(sayFailure);
    closeRoom();
  };

  useChatKeys(over ? undefined : () => (asking.value ? next() : (asking.value = true)));
  useEffect(() => {
    if (!asking.value) return undefined;
    const timer = setTimeout(() => (asking.value = false), SURE_MS);
    return () => clearTimeout(timer);
  }, [asking.value]);

  if (!now || !user) return null;
  const partner = partnerOf(now, user);
  const name = partner?.username ?? t("chat.partner");
  const older = () => client.loadOlder(now.id).catch(() => say(t("list.no-older")));
  return (
    <main class="frame chat">
      <Header
        room={now}
        name={name}
        status={over ? "offline" : (partner?.status ?? "offline")}
        partnerId={partner?.id}
        onLeave={leave}
      />
      <List room={now} name={name} user={user} loadOlder={older} />
      {over ? (
        <Ended room={now} name={name} />
      ) : (
        <Composer
          roomId={now.id}
          name={name}
          next={
            <button
              type="button"
              class={asking.value ? "button next sure" : "button next"}
              title={t("chat.next-hint")}
              onClick={() => (asking.value ? next() : (asking.value = true))}
            >
              {t(asking.value ? "chat.sure" : "chat.next")}
            </button>
          }
        />
      )}
      {!over && <Drop name={name} />}
      <Viewing />
    </main>
  );
}
