/** In place of the composer once a chat is over: why, and where to go from here. */
import type { RoomState } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { sayFailure } from "../shell/notice.tsx";
import { client, closeRoom } from "../shell/state.ts";

export function endSentence(reason: string, name: string): string {
  switch (reason) {
    case "left":
      return `${name} has left the chat.`;
    case "skipped":
      return `${name} has moved on to someone else.`;
    case "lost":
      return `${name} lost the connection and didn't make it back.`;
    case "session-ended":
      return `${name} has gone for good.`;
    case "blocked":
    case "reported":
      return "This chat was ended.";
    default:
      return "This chat is over.";
  }
}

export function Ended({ room, name }: { room: RoomState; name: string }) {
  const next = () => {
    void client.join(client.lastWishes()).catch(sayFailure);
    closeRoom();
  };
  return (
    <section class="ended" aria-label="The chat has ended">
      <p role="status">{endSentence(room.ended?.reason ?? "", name)}</p>
      <div class="ended-actions">
        <button type="button" class="button primary" onClick={next}>
          <Icon name="forward" />
          Next person
        </button>
        <button type="button" class="button" onClick={closeRoom}>
          Back to start
        </button>
      </div>
    </section>
  );
}
