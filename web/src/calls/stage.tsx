/** The call itself: who is there, what can be done. Beside the chat where there is room for both, above it elsewhere. */
import { useEffect, useState } from "preact/hooks";
import { me } from "../shell/state.ts";
import { elapsed } from "../shell/words.ts";
import { t } from "../words/index.ts";
import { Bar } from "./bar.tsx";
import { hangUp, since } from "./course.ts";
import { CallIcon } from "./icon.tsx";
import { useKeys } from "./keys.ts";
import { sends, tracks } from "./media.ts";
import { remotes } from "./mesh.ts";
import { joined, nameOf, roomId, withWhom } from "./people.ts";
import { Prepare } from "./prepare.tsx";
import { Route, RouteWish } from "./route.tsx";
import { call } from "./state.ts";
import { hear, Sound, unheard } from "./stream.tsx";
import { SelfTile, Tile } from "./tile.tsx";
import { Troubles } from "./troubles.tsx";
import { beside, small } from "./view.ts";
import { linkWords } from "./words.ts";

export function Stage() {
  useKeys();
  useCover();
  const now = call.value;
  const room = roomId.value ?? "";
  const people = joined.value;
  const name = (userId: string) => nameOf(room, userId);
  const tiles = people.flatMap((person) => {
    const about = {
      callId: now!.id,
      person,
      name: name(person.userId),
      remote: remotes.value[person.userId],
      alone: people.length === 1,
    };
    const camera = <Tile key={person.userId} {...about} of="camera" />;
    return person.screen ? [<Tile key={`${person.userId} screen`} {...about} of="screen" />, camera] : [camera];
  });
  return (
    <section class={small.value ? "call small" : "call stage"} aria-label={t("call.with", { name: withWhom.value })}>
      <header class="call-top">
        <div class="who">
          <h2>{withWhom.value}</h2>
          <p role="status">
            <Progress />
          </p>
        </div>
        <Route />
        {small.value && (
          <>
            <button type="button" class="control" aria-label={t("call.back")} onClick={() => (small.value = false)}>
              <CallIcon name="expand" />
            </button>
            <button type="button" class="control hang-up" aria-label={t("call.hang-up")} onClick={hangUp}>
              <CallIcon name="hangUp" />
            </button>
          </>
        )}
      </header>
      <ul class="call-grid" data-count={tiles.length} data-share={people.some(({ screen }) => screen)}>
        {tiles}
        {(tracks.value.camera || tiles.length === 3) && <SelfTile name={me.value?.username ?? ""} />}
      </ul>
      {tiles.length === 0 && !tracks.value.camera && <Alone />}
      {people.map(({ userId }) => (
        <Sound key={userId} track={remotes.value[userId]?.view.tracks.microphone} />
      ))}
      <div class="call-notes">
        <Prepare />
        <Troubles />
        <RouteWish />
        {sends.value.screen && <p class="call-note">{t("call.sharing")}</p>}
        {unheard.value && (
          <button type="button" class="button primary" onClick={hear}>
            <CallIcon name="sound" />
            {t("call.hear")}
          </button>
        )}
      </div>
      <Bar />
    </section>
  );
}

/** Until somebody is there. */
function Alone() {
  return (
    <div class="call-alone" aria-hidden="true">
      <span class="initial ringing">{withWhom.value.charAt(0).toUpperCase()}</span>
    </div>
  );
}

function Progress() {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  const now = call.value;
  if (!now) return <>{t("call.getting-ready")}</>;
  const [first, ...more] = joined.value;
  if (!first) return <>{t(now.state === "ringing" ? "call.ringing" : "call.waiting")}</>;
  const remote = remotes.value[first.userId];
  const how =
    more.length === 0 ? linkWords(remote?.view.link, remote?.quality) : t("call.people", { count: more.length + 2 });
  return (
    <>
      {since.value && <span aria-live="off">{`${elapsed(Date.now() - since.value)} · `}</span>}
      {how}
    </>
  );
}

/** Where the stage covers the chat, the keyboard stays on it. */
function useCover() {
  const covers = !small.value && !beside.value;
  useEffect(() => {
    if (!covers) return undefined;
    const main = document.querySelector("main");
    main?.toggleAttribute("inert", true);
    return () => main?.toggleAttribute("inert", false);
  }, [covers, roomId.value]);
}
