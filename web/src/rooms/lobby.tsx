/** The rooms one is in, the public ones, and a new one; beside the start page, or as a page of its own beside a pair. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RoomList } from "../../../shared/client/index.ts";
import { becomeGuest } from "../sessions/form.ts";
import { visible } from "../shell/browser.ts";
import { openDialog } from "../shell/dialogs.tsx";
import { sentenceFor } from "../shell/errors.ts";
import { Icon } from "../shell/icon.tsx";
import { client, me } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { MyRooms } from "./mine.tsx";
import { Row } from "./row.tsx";

const AGAIN_MS = 10_000;

export function Lobby() {
  const show = async (then: () => void) => {
    if (await becomeGuest()) then();
  };
  return (
    <section class="lobby" aria-labelledby="lobby-title">
      <div class="lobby-head">
        <h2 id="lobby-title">{t("rooms.title")}</h2>
        <button type="button" class="button" onClick={() => void show(() => void openDialog("room"))}>
          <Icon name="plus" />
          {t("rooms.new")}
        </button>
      </div>
      {me.value ? (
        <>
          <MyRooms />
          <Public />
        </>
      ) : (
        <div class="lobby-empty">
          <p>{t("rooms.lead")}</p>
          <button type="button" class="button" onClick={() => void show(() => undefined)}>
            <Icon name="users" />
            {t("rooms.show")}
          </button>
        </div>
      )}
    </section>
  );
}

/** What is listed now, looked up again while somebody looks. */
function Public() {
  const list = useSignal<RoomList["rooms"]>();
  const more = useSignal<string>();
  const failed = useSignal<string>();

  const load = async (cursor?: string) => {
    try {
      const page = await client.groups.list(cursor);
      const before = cursor ? (list.value ?? []) : [];
      const known = new Set(before.map(({ id }) => id));
      list.value = [...before, ...page.rooms.filter(({ id }) => !known.has(id))];
      more.value = page.cursor;
      failed.value = undefined;
    } catch (error) {
      failed.value = sentenceFor(error);
    }
  };
  useEffect(() => {
    if (!visible.value) return undefined;
    void load();
    // Whoever has turned pages keeps them.
    const timer = setInterval(() => void ((list.value?.length ?? 0) <= FIRST_PAGE && load()), AGAIN_MS);
    return () => clearInterval(timer);
  }, [visible.value]);

  if (failed.value && !list.value)
    return (
      <div class="lobby-empty">
        <p role="alert">{failed.value}</p>
        <button type="button" class="button" onClick={() => void load()}>
          {t("shell.try-again")}
        </button>
      </div>
    );
  if (!list.value) return <p class="muted lobby-empty">{t("rooms.loading")}</p>;
  if (list.value.length === 0) return <p class="muted lobby-empty">{t("rooms.none")}</p>;
  return (
    <>
      <ul class="rooms-list" aria-label={t("rooms.public")}>
        {list.value.map((room) => (
          <Row key={room.id} {...room} />
        ))}
      </ul>
      {more.value && (
        <button type="button" class="button quiet" onClick={() => void load(more.value)}>
          {t("rooms.more")}
        </button>
      )}
    </>
  );
}

const FIRST_PAGE = 50;
