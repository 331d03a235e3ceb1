/** Keep out the one whom a report is about. */
import { useState } from "preact/hooks";
import { ask, attempt } from "./server.ts";
import { allOf } from "../shell/words.ts";
import { durations, m, when } from "./words.ts";

export function BanForm({ reportId, name }: { reportId: string; name: string }) {
  const [guest, setGuest] = useState(true);
  const [address, setAddress] = useState(false);
  const [durationMs, setDurationMs] = useState<number>(durations.at(-1)!.ms);
  const [reason, setReason] = useState("");
  const [done, setDone] = useState<string>();
  const ban = () =>
    attempt(async () => {
      setDone(undefined);
      const text = reason.trim();
      const body = { reportId, guest, address, durationMs, ...(text && { reason: text }) };
      const { bans } = await ask("POST /api/bans", { body });
      const kinds = allOf(bans.map(({ kind }) => m(`mod.kind-${kind}`)));
      setDone(m("mod.banned", { time: when(bans[0]!.expiresAt), kinds }));
    });
  return (
    <form
      class="card moderator-ban"
      onSubmit={(event) => {
        event.preventDefault();
        void ban();
      }}
    >
      <h2>{m("mod.keep-out", { name })}</h2>
      <label class="choice">
        <input type="checkbox" checked={guest} onChange={() => setGuest(!guest)} />
        <span>{m("mod.guest")}</span>
      </label>
      <label class="choice">
        <input type="checkbox" checked={address} onChange={() => setAddress(!address)} />
        <span>
          {m("mod.address")} <span class="muted">{m("mod.address-hint")}</span>
        </span>
      </label>
      <label class="moderator-field">
        <span>{m("mod.for")}</span>
        <select value={durationMs} onChange={(event) => setDurationMs(Number(event.currentTarget.value))}>
          {durations.map(({ ms, hours }) => (
            <option key={ms} value={ms}>
              {m("mod.hours", { count: hours })}
            </option>
          ))}
        </select>
      </label>
      <label class="moderator-field">
        <span>{m("mod.reason")}</span>
        <input maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <button type="submit" class="button danger" disabled={!guest && !address}>
        {m("mod.ban")}
      </button>
      <p role="status">{done}</p>
    </form>
  );
}
