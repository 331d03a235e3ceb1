/** Keep out the one whom a report is about. */
import { useState } from "preact/hooks";
import { ask, attempt } from "./server.ts";
import { durations, when } from "./words.ts";

export function BanForm({ reportId, name }: { reportId: string; name: string }) {
  const [guest, setGuest] = useState(true);
  const [address, setAddress] = useState(false);
  const [durationMs, setDurationMs] = useState<number>(durations[2].ms);
  const [reason, setReason] = useState("");
  const [done, setDone] = useState<string>();
  const ban = () =>
    attempt(async () => {
      setDone(undefined);
      const text = reason.trim();
      const body = { reportId, guest, address, durationMs, ...(text && { reason: text }) };
      const { bans } = await ask("POST /api/bans", { body });
      const kinds = bans.map(({ kind }) => kind).join(" and ");
      setDone(`Banned until ${when(bans[0]!.expiresAt)}: ${kinds}.`);
    });
  return (
    <form
      class="card moderator-ban"
      onSubmit={(event) => {
        event.preventDefault();
        void ban();
      }}
    >
      <h2>Keep {name} out</h2>
      <label class="choice">
        <input type="checkbox" checked={guest} onChange={() => setGuest(!guest)} />
        <span>This guest</span>
      </label>
      <label class="choice">
        <input type="checkbox" checked={address} onChange={() => setAddress(!address)} />
        <span>
          Where they came from <span class="muted">(everybody at that address)</span>
        </span>
      </label>
      <label class="moderator-field">
        <span>For</span>
        <select value={durationMs} onChange={(event) => setDurationMs(Number(event.currentTarget.value))}>
          {durations.map(({ ms, name }) => (
            <option key={ms} value={ms}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="moderator-field">
        <span>Reason, for the list of bans</span>
        <input maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <button type="submit" class="button danger" disabled={!guest && !address}>
        Ban
      </button>
      <p role="status">{done}</p>
    </form>
  );
}
