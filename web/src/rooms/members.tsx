/** Who is in a room and who is there, and the link by which others come in. */
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Status } from "../../../shared/protocol/index.ts";
import { accuse } from "../reports/accused.ts";
import { Dialog } from "../shell/dialog.tsx";
import { Icon } from "../shell/icon.tsx";
import { sayFailure } from "../shell/notice.tsx";
import { client, me, room } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { linkOf } from "./place.ts";

const order: Record<Status, number> = { online: 0, away: 1, offline: 2 };

export function MembersDialog({ onClose }: { onClose: () => void }) {
  const now = room.value?.info;
  useEffect(() => {
    if (now) void client.groups.refresh(now.id).catch(sayFailure);
  }, [now?.id]);
  if (!now) return null;
  const members = now.members.toSorted(
    (a, b) => order[a.status] - order[b.status] || a.username.localeCompare(b.username),
  );
  const hidden = (now.memberCount ?? members.length) - members.length;
  return (
    <Dialog title={t("group.members", { count: now.memberCount ?? members.length })} onClose={onClose}>
      <Invite roomId={now.id} />
      <ul class="members">
        {members.map(({ id, username, status }) => (
          <li key={id}>
            <span class={`presence ${status}`} aria-hidden="true" />
            <bdi>{username}</bdi>
            {id === me.value?.id && <span class="muted">{t("group.you")}</span>}
            <span class="member-status muted">{t(`group.${status}`)}</span>
            {id !== me.value?.id && (
              <button
                type="button"
                class="icon-button"
                aria-label={t("report.title", { name: username })}
                onClick={() => accuse({ roomId: now.id, userId: id, name: username })}
              >
                <Icon name="flag" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p class="muted">{t("group.and-more", { count: hidden })}</p>}
    </Dialog>
  );
}

const COPIED_MS = 3_000;

export function Invite({ roomId }: { roomId: string }) {
  const input = useRef<HTMLInputElement>(null);
  const copied = useSignal(false);
  useEffect(() => {
    if (!copied.value) return undefined;
    const timer = setTimeout(() => (copied.value = false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied.value]);
  const copy = async () => {
    // Without the leave to write the clipboard the link is marked, and the guest's own keys copy it.
    input.current?.select();
    await navigator.clipboard?.writeText(linkOf(roomId)).then(
      () => (copied.value = true),
      () => undefined,
    );
  };
  return (
    <div class="invite">
      <label for="room-link">{t("group.link")}</label>
      <div class="joined">
        <input id="room-link" ref={input} readOnly value={linkOf(roomId)} onFocus={() => input.current?.select()} />
        <button type="button" class="button quiet" onClick={() => void copy()}>
          <Icon name={copied.value ? "check" : "copy"} />
          <span role="status">{t(copied.value ? "group.copied" : "group.copy")}</span>
        </button>
      </div>
    </div>
  );
}
