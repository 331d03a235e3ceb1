/** The identity is over, or lives on elsewhere: says why, and what can be done. */
import { Brand } from "../shell/brand.tsx";
import { sentences } from "../shell/errors.ts";
import { client, closeRoom, connection, readEnding } from "../shell/state.ts";

export function Over() {
  const now = connection.value;
  if (now.state !== "ended") return null;
  const { code } = now.error;
  const elsewhere = code === "conflict";
  const outdated = code === "invalid";
  const title = elsewhere
    ? "This chat is open somewhere else"
    : outdated
      ? "This page is out of date"
      : "Your session has ended";
  const text = elsewhere
    ? "You opened Passerby in too many tabs, so this one was put to rest. Your chat goes on in the newest."
    : outdated
      ? "The server has moved on to a newer version. Reload the page to follow it."
      : sentences[code];
  return (
    <main class="card-page">
      <Brand />
      <div class="card over">
        <h1>{title}</h1>
        <p>{text}</p>
        {elsewhere && (
          <button type="button" class="button primary wide" onClick={() => client.takeBack()}>
            Use it here
          </button>
        )}
        {outdated && (
          <button type="button" class="button primary wide" onClick={() => location.reload()}>
            Reload
          </button>
        )}
        {!elsewhere && !outdated && (
          <button
            type="button"
            class="button primary wide"
            onClick={() => {
              readEnding.value = now;
              closeRoom();
            }}
          >
            Start again
          </button>
        )}
      </div>
    </main>
  );
}
