/** What can be done with a message: react, answer, take back. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../../../shared/client/index.ts";
import type { Message } from "../../../shared/protocol/index.ts";
import { accuse } from "../reports/accused.ts";
import { Icon } from "../shell/icon.tsx";
import { sayFailure } from "../shell/notice.tsx";
import { client, me, room } from "../shell/state.ts";
import { closeMenu, openMenu, reactions, replyingTo } from "./selection.ts";
import { t } from "../words/index.ts";

interface MenuProps {
  entry: Entry;
  message: Message;
  roomId: string;
  open: boolean;
}

export function Menu({ entry, message, roomId, open }: MenuProps) {
  const place = useRef<HTMLDivElement>(null);
  const [up, setUp] = useState(false);
  useLayoutEffect(() => {
    if (!open) return undefined;
    const menu = place.current?.querySelector<HTMLElement>(".menu");
    menu?.querySelector("button")?.focus({ preventScroll: true });
    const { bottom = 0 } = place.current?.closest("[role=log]")?.getBoundingClientRect() ?? {};
    setUp((menu?.getBoundingClientRect().bottom ?? 0) > bottom);
    const outside = (event: PointerEvent) => {
      if (!place.current?.parentElement?.contains(event.target as Node)) openMenu.value = undefined;
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const done = (action: () => void) => () => {
    closeMenu();
    action();
  };
  const mine = (emoji: string) => message.reactions?.[emoji]?.includes(me.value?.id ?? "") ?? false;
  return (
    <div class="menu-place" ref={place}>
      <button
        type="button"
        class="menu-button"
        aria-label={t("message.actions")}
        aria-expanded={open}
        onClick={() => (openMenu.value = open ? undefined : entry.key)}
      >
        <Icon name="more" />
      </button>
      {open && (
        <div class={up ? "menu up" : "menu"} role="group" aria-label={t("message.actions")}>
          <div class="menu-reactions">
            {reactions.map((emoji) => (
              <button
                key={emoji}
                type="button"
                aria-pressed={mine(emoji)}
                aria-label={t("message.react", { emoji })}
                onClick={done(() => void client.react(roomId, message.id, emoji, !mine(emoji)).catch(sayFailure))}
              >
                {emoji}
              </button>
            ))}
          </div>
          <button
            type="button"
            class="menu-item"
            onClick={done(() => {
              replyingTo.value = entry;
              document.getElementById("composer")?.focus();
            })}
          >
            <Icon name="reply" />
            {t("message.reply")}
          </button>
          {!entry.mine && (
            <button
              type="button"
              class="menu-item"
              onClick={done(() => {
                const { id: userId, username: name } = entry.sender;
                accuse({ roomId, userId, name, messageId: message.id });
              })}
            >
              <Icon name="flag" />
              {t("report.open")}
            </button>
          )}
          {entry.mine && (
            <button
              type="button"
              class="menu-item danger"
              onClick={done(() => void client.remove(roomId, message.id).catch(sayFailure))}
            >
              <Icon name="trash" />
              {t(room.value?.info?.kind === "group" ? "message.delete-all" : "message.delete")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
