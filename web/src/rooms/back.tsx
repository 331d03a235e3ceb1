/** Out of a room without leaving it; says where to, where somebody is met or looked for meanwhile. */
import { partnerOf } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { match, me, pair } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { leaveRooms } from "./place.ts";

export function Back() {
  const partner = pair.value && !pair.value.ended && me.value ? partnerOf(pair.value, me.value)?.username : undefined;
  const searching = match.value.state === "queued" || match.value.state === "joining";
  const words = partner
    ? t("group.back-to", { name: partner })
    : searching
      ? t("group.back-to-search")
      : t("group.back");
  return (
    <button
      type="button"
      class={partner ? "button back met" : "icon-button back"}
      aria-label={words}
      onClick={leaveRooms}
    >
      <Icon name="back" />
      {partner && <bdi aria-hidden="true">{partner}</bdi>}
    </button>
  );
}
