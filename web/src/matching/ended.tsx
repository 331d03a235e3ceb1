/** In place of the composer once a chat is over: why, and where to go from here. */
import type { RoomState } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { sayFailure } from "../shell/notice.tsx";
import { client, closeRoom, state } from "../shell/state.ts";
import { t } from "../words/index.ts";

export function endSentence(reason: string, name: string): string {
  switch (reason) {
    case "left":
      return t("ended.left", { name });
    case "skipped":
      return t("ended.skipped", { name });
    case "lost":
      return t("ended.lost", { name });
    case "session-ended":
      return t("ended.session-ended", { name });
    case "blocked":
    case "reported":
      return t("ended.ended");
    default:
      return t("ended.over");
  }
}

const mineSentence = (reason: string | undefined, name: string) =>
  reason === "reported" ? t("report.thanks", { name }) : t("report.ended", { name });

export function Ended({ room, name }: { room: RoomState; name: string }) {
  const mine = room.info?.members.some(({ id }) => state.value.blocked.includes(id));
  const next = () => {
    void client.join(client.lastWishes()).catch(sayFailure);
    closeRoom();
  };
  return (
    <section class="ended" aria-label={t("ended.label")}>
      <p role="status">{mine ? mineSentence(room.ended?.reason, name) : endSentence(room.ended?.reason ?? "", name)}</p>
      <div class="ended-actions">
        <button type="button" class="button primary" onClick={next}>
          <Icon name="forward" />
          {t("ended.next")}
        </button>
        <button type="button" class="button" onClick={closeRoom}>
          {t("ended.back")}
        </button>
      </div>
    </section>
  );
}
