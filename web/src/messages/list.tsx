/** The log, newest at the bottom: follows what comes while the guest is there, stays put while they read above. */
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { lastSeq, type Entry, type RoomState } from "../../../shared/client/index.ts";
import { visible } from "../shell/browser.ts";
import { Icon } from "../shell/icon.tsx";
import { client } from "../shell/state.ts";
import { dayOf } from "../shell/words.ts";
import { Message } from "./message.tsx";
import { openMenu } from "./selection.ts";
import { PartnerState, Top } from "./states.tsx";
import { t } from "../words/index.ts";

interface ListProps {
  room: RoomState;
  entries: Entry[];
  name: string;
  me: string;
  loadOlder: () => Promise<void>;
}

/** This near the end counts as being there; this near the top asks for more. */
const NEAR_PX = 80;
const GROUP_MS = 60_000;

export function List({ room, entries, name, me, loadOlder }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  const place = useRef({ atEnd: true, fromEnd: 0, firstKey: "", lastKey: "", seen: 0 });
  const [away, setAway] = useState(false);
  const seq = lastSeq(room.log);
  const typing = Object.keys(room.typing).some((id) => id !== me);
  const [first] = entries;

  useLayoutEffect(() => {
    const element = list.current!;
    const newest = entries.at(-1);
    // Once: a file on its way is drawn many times, and the guest may read above meanwhile.
    const own = newest?.mine && newest.progress === "sending" && newest.key !== place.current.lastKey;
    if (place.current.atEnd || own) element.scrollTop = element.scrollHeight;
    // Older messages came in above: what was in view stays in view.
    else if (first && first.key !== place.current.firstKey)
      element.scrollTop = element.scrollHeight - place.current.fromEnd;
    place.current.firstKey = first?.key ?? "";
    place.current.lastKey = newest?.key ?? "";
    place.current.fromEnd = element.scrollHeight - element.scrollTop;
  });
  useEffect(() => {
    if (!visible.value || away) return;
    place.current.seen = seq;
    client.markRead(room.id, seq);
  }, [seq, visible.value, away]);
  useEffect(() => {
    // The keyboard of a phone, a taller composer: the end stays the end.
    const watch = new ResizeObserver(() => {
      if (place.current.atEnd && list.current) list.current.scrollTop = list.current.scrollHeight;
    });
    watch.observe(list.current!);
    return () => watch.disconnect();
  }, []);

  const onScroll = () => {
    const element = list.current!;
    const fromEnd = element.scrollHeight - element.scrollTop;
    const atEnd = fromEnd - element.clientHeight < NEAR_PX;
    place.current = { ...place.current, atEnd, fromEnd };
    setAway(!atEnd);
    if (element.scrollTop < NEAR_PX && room.log.older) void loadOlder();
  };
  const toEnd = () => list.current?.scrollTo({ top: list.current.scrollHeight, behavior: "smooth" });
  const fresh = away
    ? entries.filter(({ mine, message }) => !mine && (message?.seq ?? 0) > place.current.seen).length
    : 0;
  const byId = new Map(entries.map((entry) => [entry.message?.id, entry]));
  /** The day's name, where another one begins; a talk that began today needs none. */
  const newDay = (entry: Entry, before: Entry | undefined) => {
    const name = dayOf(entry.at);
    return name === (before ? dayOf(before.at) : t("day.today")) ? undefined : name;
  };
  const together = (a: Entry | undefined, b: Entry | undefined) =>
    a && b && a.mine === b.mine && Math.abs(Date.parse(a.at) - Date.parse(b.at)) < GROUP_MS;

  return (
    <div class="list-place">
      {/* A scrolling region has to be reachable by keyboard. */}
      <div class="list" ref={list} role="log" aria-label={t("list.label", { name })} tabIndex={0} onScroll={onScroll}>
        <Top room={room} name={name} empty={entries.length === 0} />
        <ol>
          {entries.map((entry, index) => {
            const quoted = entry.replyTo ? byId.get(entry.replyTo) : undefined;
            const day = newDay(entry, entries[index - 1]);
            return (
              <Fragment key={entry.key}>
                {day && <li class="day">{day}</li>}
                <Message
                  entry={entry}
                  roomId={room.id}
                  me={me}
                  first={!together(entries[index - 1], entry)}
                  last={!together(entry, entries[index + 1])}
                  quoted={quoted}
                  quotedName={quoted?.mine ? t("list.you") : (quoted?.sender.username ?? "")}
                  open={openMenu.value === entry.key}
                  over={room.ended !== undefined}
                />
              </Fragment>
            );
          })}
        </ol>
        <PartnerState room={room} name={name} me={me} />
        {typing && !room.ended && (
          <div class="typing">
            <span class="hidden">{t("list.typing", { name })}</span>
            <span aria-hidden="true" />
            <span aria-hidden="true" />
            <span aria-hidden="true" />
          </div>
        )}
      </div>
      {away && (
        <button type="button" class={fresh > 0 ? "pill fresh" : "pill"} onClick={toEnd}>
          <Icon name="arrowDown" />
          {fresh > 0 ? t("list.new", { count: fresh }) : <span class="hidden">{t("list.newest")}</span>}
        </button>
      )}
    </div>
  );
}
