/** One participant: picture or initial, name, muted or not, and how good the connection is when it is not good. */
import type { Participant } from "../../../shared/client/index.ts";
import { t } from "../words/index.ts";
import { CallIcon } from "./icon.tsx";
import { muted, tracks } from "./media.ts";
import type { Remote } from "./mesh.ts";
import { isSeen, see } from "./seen.ts";
import { Picture } from "./stream.tsx";
import { linkWords } from "./words.ts";

export interface TileProps {
  callId: string;
  person: Participant;
  name: string;
  remote: Remote | undefined;
  /** What is shown of them. */
  of: "camera" | "screen";
  /** The only one besides us: the header speaks of their connection. */
  alone: boolean;
}

export function Tile({ callId, person, name, remote, of, alone }: TileProps) {
  const sending = of === "camera" ? person.video : person.screen;
  const track = sending ? remote?.view.tracks[of] : undefined;
  const seen = isSeen(callId, person.userId);
  const link = remote?.view.link;
  const bad = alone
    ? link === "away"
    : link !== "connected" || remote?.quality === "fair" || remote?.quality === "poor";
  const classes = ["tile", of, remote?.speaking && person.audio && "speaking", link === "away" && "away"];
  return (
    <li class={classes.filter(Boolean).join(" ")} data-user={person.userId}>
      {track ? (
        <Picture
          track={track}
          class={seen ? undefined : "blurred"}
          label={of === "screen" ? t("call.screen-of", { name }) : name}
        />
      ) : (
        <Initial name={name} />
      )}
      {track && !seen && (
        <button type="button" class="unblur" onClick={() => see(callId, person.userId)}>
          <CallIcon name="eye" />
          {t("call.show-picture", { name })}
        </button>
      )}
      <p class="tile-name">
        {!person.audio && <CallIcon name="micOff" />}
        <span>{of === "screen" ? t("call.screen-of", { name }) : name}</span>
        {!person.audio && <span class="hidden"> {t("call.is-muted")}</span>}
      </p>
      {bad && (
        <p class={`tile-link ${remote?.quality ?? ""}`} role="status">
          {linkWords(link, remote?.quality)}
        </p>
      )}
    </li>
  );
}

const Initial = ({ name }: { name: string }) => (
  <span class="initial" aria-hidden="true">
    {name.charAt(0).toUpperCase()}
  </span>
);

/** What the others see of us, as a mirror shows it. */
export function SelfTile({ name }: { name: string }) {
  const { camera } = tracks.value;
  return (
    <li class="tile self">
      {camera ? <Picture track={camera} class="mirror" label={t("call.own-picture")} /> : <Initial name={name} />}
      <p class="tile-name">
        {muted.value && <CallIcon name="micOff" />}
        <span>{t("call.you")}</span>
      </p>
    </li>
  );
}
