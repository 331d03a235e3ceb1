/** The log, newest at the bottom. Only the rows near the eye are in the page, however many there are. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { lastSeq, timeline, type Entry, type RoomState } from "../../../shared/client/index.ts";
import type { User } from "../../../shared/protocol/index.ts";
import { visible } from "../shell/browser.ts";
import { Icon } from "../shell/icon.tsx";
import { client, state } from "../shell/state.ts";
import { dayOf } from "../shell/words.ts";
import { t } from "../words/index.ts";
import { Aloud } from "./aloud.tsx";
import { useFollowing } from "./following.ts";
import { Message } from "./message.tsx";
import { rowsOf, type Row } from "./rows.ts";
import { jumpTo, openMenu, playing } from "./selection.ts";
import { PartnerState, Top } from "./states.tsx";

interface ListProps {
  room: RoomState;
  name: string;
  user: User;
  loadOlder: () => Promise<void>;
}

/** This near the top asks for more. */
const NEAR_TOP_PX = 400;
/** What the rows beyond the screen are taken for until they are seen. */
const BUFFER_PX = 600;

export function List({ room, name, user, loadOlder }: ListProps) {
  const { outbox, uploads } = state.value;
  const me = user.id;
  const { log, receipts, info } = room;
  const entries = useMemo(() => timeline(room, outbox, user, uploads), [log, receipts, info, outbox, uploads, user]);
  const list = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const { away, onScroll, toEnd, letGo } = useFollowing(list, entries.at(-1));
  const seq = lastSeq(log);
  const looking = visible.value && !away;
  /** What had been read when the guest last turned away; what came since stands below a line. */
  const [leftAt, setLeftAt] = useState(() => receipts[me]?.readSeq || undefined);
  const rows = useMemo(() => rowsOf(entries, leftAt, Date.now()), [entries, leftAt]);
  const shift = useShift(entries);
  const byId = useMemo(() => new Map(entries.map((entry) => [entry.message?.id, entry])), [entries]);
  const group = info?.kind === "group";
  const [typist] = Object.keys(room.typing).filter((id) => id !== me);
  const typing = group ? (info.members.find(({ id }) => id === typist)?.username ?? name) : name;

  useEffect(() => {
    if (looking) client.markRead(room.id, seq);
  }, [seq, looking]);
  useEffect(() => {
    if (!looking) setLeftAt(seq);
  }, [looking]);
  useEffect(() => {
    const index = rows.findIndex(({ key }) => key === jumpTo.value);
    jumpTo.value = undefined;
    if (index === -1 || !virtual.current) return;
    if (virtual.current.getItemOffset(index) < virtual.current.scrollOffset) letGo();
    virtual.current.scrollToIndex(index, { align: "center" });
  }, [jumpTo.value]);

  const fresh = away ? entries.filter(({ mine, message }) => !mine && (message?.seq ?? 0) > (leftAt ?? seq)).length : 0;
  const keep = [openMenu.value, playing.value].filter((key) => key !== undefined);
  const show = (row: Row) => {
    switch (row.kind) {
      case "top":
        return <Top key={row.key} room={room} name={name} empty={false} />;
      case "day":
        return (
          <p key={row.key} class="day">
            {dayOf(row.at)}
          </p>
        );
      case "new":
        return (
          <p key={row.key} class="new">
            <span>{t("list.line-new")}</span>
          </p>
        );
      case "message": {
        const { entry, first, last } = row;
        const quoted = entry.replyTo ? byId.get(entry.replyTo) : undefined;
        return (
          <Message
            key={row.key}
            {...{ entry, first, last, me, quoted }}
            roomId={room.id}
            quotedName={quoted?.mine ? t("list.you") : (quoted?.sender.username ?? "")}
            named={group}
            open={openMenu.value === entry.key}
            over={room.ended !== undefined}
          />
        );
      }
      default:
        return row satisfies never;
    }
  };
  return (
    <div class="list-place">
      {/* A scrolling region has to be reachable by keyboard. What comes is read aloud beside it: rows come and go with scrolling. */}
      <div
        class="list"
        ref={list}
        role="log"
        aria-live="off"
        aria-label={t("list.label", { name })}
        tabIndex={0}
        onScroll={() => {
          onScroll();
          if (log.older && list.current && list.current.scrollTop < NEAR_TOP_PX) void loadOlder();
        }}
      >
        {entries.length === 0 && <Top room={room} name={name} empty />}
        <Virtualizer
          ref={virtual}
          scrollRef={list}
          data={rows}
          shift={shift}
          bufferSize={BUFFER_PX}
          keepMounted={keep.length > 0 ? keep.map((key) => rows.findIndex((row) => row.key === key)) : []}
        >
          {show}
        </Virtualizer>
        <PartnerState room={room} name={name} me={me} />
        {typist !== undefined && !room.ended && (
          <div class="typing">
            <span class="hidden">{t("list.typing", { name: typing })}</span>
            <span aria-hidden="true" />
            <span aria-hidden="true" />
            <span aria-hidden="true" />
          </div>
        )}
      </div>
      <Aloud roomId={room.id} me={me} />
      {away && (
        <button type="button" class={fresh > 0 ? "pill fresh" : "pill"} onClick={toEnd}>
          <Icon name="arrowDown" />
          {fresh > 0 ? t("list.new", { count: fresh }) : <span class="hidden">{t("list.newest")}</span>}
        </button>
      )}
    </div>
  );
}

/** Whether older messages have just come in above. */
function useShift(entries: readonly Entry[]): boolean {
  const before = useRef<readonly Entry[]>(entries);
  const shifted = useRef(false);
  if (before.current !== entries) {
    const first = before.current[0]?.key;
    shifted.current = first !== undefined && entries[0]?.key !== first && entries.some(({ key }) => key === first);
    before.current = entries;
  }
  return shifted.current;
}
