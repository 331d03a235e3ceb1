/** One message, or the place where one was. */
import type { Entry, Progress } from "../../../shared/client/index.ts";
import { sayFailure } from "../shell/notice.tsx";
import { client, state } from "../shell/state.ts";
import { timeOf } from "../shell/words.ts";
import { Attachment } from "../uploads/attachment.tsx";
import { expiry, isExpired, isPicture } from "../uploads/words.ts";
import { Failed } from "./failed.tsx";
import { Menu } from "./menu.tsx";
import { jumpTo, openMenu } from "./selection.ts";
import { excerptOf, Text } from "./text.tsx";
import { Ticks } from "./ticks.tsx";
import { t } from "../words/index.ts";

/** What the last of a run says for those before it, since receipts are cumulative. */
const said = new Set<Progress>(["sent", "delivered", "read"]);

export interface MessageProps {
  entry: Entry;
  roomId: string;
  me: string;
  /** Of a run of messages by one sender within a minute. */
  first: boolean;
  last: boolean;
  /** What it answers; undefined also when that is not loaded. */
  quoted: Entry | undefined;
  quotedName: string;
  /** Of a group: who says it is written above. */
  named: boolean;
  open: boolean;
  /** The chat has ended. */
  over: boolean;
}

export function Message(props: MessageProps) {
  const { entry, roomId, first, last, named, open, over } = props;
  const { message } = entry;
  const deleted = message?.deleted ?? false;
  /** In a group: there they stay, and are read no longer. What was said before a pair ended stays to be read. */
  const hidden = !over && !entry.mine && state.value.blocked.includes(entry.sender.id);
  const file = deleted || hidden ? undefined : entry.attachment;
  const picture = file !== undefined && isPicture(file.contentType);
  // A button as a whole, or nearly: it keeps its menu button, and what a file's card says stands below.
  const noCard = picture || entry.kind === "voice";
  const kind = ["message", entry.mine ? "mine" : "theirs", first && "first", last && "last", open && "open"];
  kind.push(file !== undefined && noCard && "with-button", picture && "with-picture");
  const actions = message && !deleted && !hidden;
  return (
    <div class={kind.filter(Boolean).join(" ")} data-key={entry.key}>
      {named && first && !entry.mine && (
        <p class="sender" aria-hidden="true">
          <bdi>{entry.sender.username}</bdi>
        </p>
      )}
      <div class="line">
        <div
          class={deleted || hidden ? "bubble deleted" : "bubble"}
          // A tap stands in for the hover that a finger has not; links and selections keep theirs.
          onClick={(event) => {
            if (
              !actions ||
              !matchMedia("(hover: none)").matches ||
              (event.target as Element).closest("a, button, input")
            )
              return;
            openMenu.value = open ? undefined : entry.key;
          }}
        >
          <span class="hidden">{entry.mine ? t("list.you") : entry.sender.username}:</span>
          <Quote {...props} />
          {hidden ? (
            <em>{t("report.hidden", { name: entry.sender.username })}</em>
          ) : deleted ? (
            <em>{t("message.deleted")}</em>
          ) : (
            <>
              <Attachment entry={entry} over={over} />
              {entry.text && (
                <p class="text" dir="auto">
                  <Text text={entry.text} />
                </p>
              )}
            </>
          )}
        </div>
        {actions && <Menu entry={entry} message={message} roomId={roomId} open={open} />}
      </div>
      <Reactions {...props} />
      <p class="meta">
        {file && noCard && !over && !isExpired(file) && expiry(file) && <span class="expiry">{expiry(file)}</span>}
        {last && <time dateTime={entry.at}>{timeOf(entry.at)}</time>}
        {entry.progress && !deleted && (last || !said.has(entry.progress)) && <Ticks progress={entry.progress} />}
      </p>
      {entry.progress === "failed" && <Failed entry={entry} />}
    </div>
  );
}

function Quote({ entry, quoted, quotedName }: MessageProps) {
  if (!entry.replyTo || entry.message?.deleted) return null;
  return (
    <button type="button" class="quote" onClick={() => (jumpTo.value = quoted?.key)} disabled={!quoted}>
      <span class="quote-name">{quoted ? quotedName : t("message.earlier")}</span>
      <span dir="auto">{quoted?.message?.deleted ? t("message.deleted") : excerptOf(quoted)}</span>
    </button>
  );
}

function Reactions({ entry: { message }, roomId, me }: MessageProps) {
  const reactions = Object.entries(message?.reactions ?? {}).filter(([, users]) => users.length > 0);
  if (!message || message.deleted || reactions.length === 0) return null;
  return (
    <ul class="reactions" aria-label={t("message.reactions")}>
      {reactions.map(([emoji, users]) => {
        const on = users.includes(me);
        return (
          <li key={emoji}>
            <button
              type="button"
              aria-pressed={on}
              aria-label={`${emoji}, ${users.length}`}
              onClick={() => void client.react(roomId, message.id, emoji, !on).catch(sayFailure)}
            >
              {emoji}
              {users.length > 1 && <span>{users.length}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
