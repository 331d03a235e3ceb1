/** One key out of a call that went wrong: cut at once, then blocked, and reported if the guest wants. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../shell/notice.tsx";
import { client } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { hangUp } from "./course.ts";
import { joined, nameOf, roomId } from "./people.ts";

interface Culprit {
  userId: string;
  name: string;
}
interface Panicked {
  roomId: string;
  people: Culprit[];
}

const panicked = signal<Panicked>();
const REASONS = ["nudity", "threats", "hate", "minor", "spam", "other"] as const;

export function panic(): void {
  const room = roomId.peek();
  const people = joined.peek().map(({ userId }) => ({ userId, name: nameOf(room ?? "", userId) }));
  hangUp();
  // Whatever else was open would lie below.
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) dialog.close();
  if (!room || people.length === 0) return;
  panicked.value = { roomId: room, people };
  // With two there is no question who is meant.
  if (people.length === 1) void block(people[0]!);
}

async function block({ userId, name }: Culprit): Promise<void> {
  try {
    await client.block(userId);
  } catch {
    say(t("panic.not-blocked", { name }));
  }
}

export function Panicked() {
  const now = panicked.value;
  return now ? <Dialog key={now.roomId} {...now} /> : null;
}

function Dialog({ roomId, people }: Panicked) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [who, setWho] = useState(people.length === 1 ? people[0] : undefined);
  const [reason, setReason] = useState<(typeof REASONS)[number]>();
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  const report = async () => {
    if (!who || !reason) return;
    try {
      if (people.length > 1) await block(who);
      await client.report(roomId, { userId: who.userId, reason, messageIds: [] });
      say(t("panic.reported", { name: who.name }));
      close();
    } catch {
      say(t("panic.not-reported"));
    }
  };
  return (
    <dialog ref={dialog} class="panicked" aria-labelledby="panicked-title" onClose={() => (panicked.value = undefined)}>
      <h2 id="panicked-title">{t("panic.title")}</h2>
      <p>
        {t("panic.off")} {people.length === 1 ? t("panic.blocked", { name: people[0]!.name }) : t("panic.who")}
      </p>
      {people.length > 1 && (
        <fieldset>
          <legend class="hidden">{t("panic.who")}</legend>
          {people.map((person) => (
            <label key={person.userId}>
              <input type="radio" name="culprit" onChange={() => setWho(person)} />
              {person.name}
            </label>
          ))}
        </fieldset>
      )}
      <fieldset>
        <legend>{t("panic.what")}</legend>
        {REASONS.map((one) => (
          <label key={one}>
            <input type="radio" name="reason" onChange={() => setReason(one)} />
            {t(`panic.${one}`)}
          </label>
        ))}
      </fieldset>
      <div class="call-choices">
        <button type="button" class="button primary" disabled={!who || !reason} onClick={() => void report()}>
          {t("panic.report")}
        </button>
        <button type="button" class="button quiet" onClick={close}>
          {t("panic.no-report")}
        </button>
      </div>
    </dialog>
  );
}
