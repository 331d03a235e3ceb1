/** Report somebody, with the messages that show why; or just never meet them again. */
import { useState } from "preact/hooks";
import type { Message } from "../../../shared/protocol/index.ts";
import { Dialog } from "../shell/dialog.tsx";
import { sentenceFor } from "../shell/errors.ts";
import { say } from "../shell/notice.tsx";
import { client, state } from "../shell/state.ts";
import { timeOf } from "../shell/words.ts";
import { t } from "../words/index.ts";
import { accused } from "./accused.ts";

const reasons = ["harassment", "sexual", "threat", "spam", "minor", "other"] as const;
/** Of theirs, the newest; more than anybody goes through. */
const OFFERED = 50;

export function ReportDialog({ onClose }: { onClose: () => void }) {
  const whom = accused.value;
  const [reason, setReason] = useState<string>();
  const [chosen, setChosen] = useState<readonly string[]>(whom?.messageId ? [whom.messageId] : []);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const room = whom && state.value.rooms[whom.roomId];
  if (!whom || !room) return null;
  const { roomId, userId, name } = whom;
  const theirs = room.log.shown.filter(({ sender, deleted }) => sender.id === userId && !deleted).slice(-OFFERED);

  const ends = room.info?.kind === "pair" && !room.ended;

  async function run(work: () => Promise<void>, done: string) {
    setBusy(true);
    try {
      await work();
      onClose();
      if (!ends) say(done); // where the chat ends, the place below it says so
    } catch (error) {
      setProblem(sentenceFor(error));
      setBusy(false);
    }
  }
  const choose = (one: string) => {
    setReason(one);
    setProblem(undefined);
  };
  const send = () => {
    if (reason === undefined) return setProblem(t("report.pick"));
    const text = note.trim();
    const accusation = { userId, reason, messageIds: chosen, ...(text && { note: text }) };
    void run(() => client.report(roomId, accusation), t("report.thanks", { name }));
  };
  const block = () => void run(() => client.block(userId), t("report.blocked", { name }));
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);

  return (
    <Dialog title={t("report.title", { name })} onClose={onClose}>
      <form
        class="report"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <fieldset class="report-reasons">
          <legend>{t("report.reason")}</legend>
          {reasons.map((one) => (
            <label key={one} class="choice">
              <input type="radio" name="reason" checked={reason === one} onChange={() => choose(one)} />
              {t(`report.${one}`)}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t("report.messages")}</legend>
          <p class="muted">{theirs.length > 0 ? t("report.messages-hint") : t("report.no-messages", { name })}</p>
          {theirs.length > 0 && (
            <div class="report-messages">
              {theirs.map((message) => (
                <label key={message.id} class="choice">
                  <input type="checkbox" checked={chosen.includes(message.id)} onChange={() => toggle(message.id)} />
                  <Excerpt message={message} />
                </label>
              ))}
            </div>
          )}
        </fieldset>
        <label class="field">
          <span>{t("report.note")}</span>
          <textarea
            rows={2}
            maxLength={1000}
            dir={note ? "auto" : undefined}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
        <p class="report-what">
          {room.info?.kind === "group" ? t("report.what-group", { name }) : t("report.what-pair", { name })}
        </p>
        <p class="problem" role="alert">
          {problem}
        </p>
        <div class="dialog-actions">
          <button type="submit" class="button primary wide" disabled={busy}>
            {busy ? t("report.sending") : t("report.send")}
          </button>
          <button type="button" class="button quiet" disabled={busy} onClick={block}>
            {t("report.block")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Excerpt({ message }: { message: Message }) {
  const { text, attachment, sentAt } = message;
  return (
    <span class="report-excerpt">
      <span dir="auto">{text ?? attachment?.filename ?? t("report.file")}</span>
      <time dateTime={sentAt}>{timeOf(sentAt)}</time>
    </span>
  );
}
