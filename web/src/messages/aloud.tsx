/** Reads to those who hear the page what others have just written. */
import { useEffect, useState } from "preact/hooks";
import type { Message } from "../../../shared/protocol/index.ts";
import { onShown } from "../shell/state.ts";
import { excerptOf } from "./text.tsx";

export function Aloud({ roomId, me }: { roomId: string; me: string }) {
  const [said, setSaid] = useState<readonly Message[]>([]);
  useEffect(
    () =>
      onShown((messages) => {
        const fromOthers = messages.filter((one) => one.roomId === roomId && one.sender.id !== me && !one.deleted);
        if (fromOthers.length > 0) setSaid(fromOthers.slice(-5));
      }),
    [roomId, me],
  );
  return (
    <div class="hidden" role="status">
      {said.map((message) => (
        <p key={message.id}>{`${message.sender.username}: ${excerptOf(message)}`}</p>
      ))}
    </div>
  );
}
