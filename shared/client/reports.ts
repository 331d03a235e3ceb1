/** To be left alone: blocks, and reports with what this client holds as evidence. */
import type { Message } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import type { Http } from "./http.ts";
import type { RoomState } from "./reducer.ts";
import type { Request } from "./requests.ts";
import type { Session } from "./session.ts";

export interface Accusation {
  userId: string;
  reason: string;
  /** Of messages that this client shows. */
  messageIds: readonly string[];
  note?: string;
}

export interface ReportsOptions {
  http: Http;
  request: Request;
  session: Pick<Session, "fresh">;
  room: (roomId: string) => RoomState | undefined;
  blocked: () => readonly string[];
  setBlocked: (blocked: readonly string[]) => void;
}

/** The chosen ones with their stamps, as many as a report takes; the server reads what it still has by itself. */
function evidenceOf(shown: readonly Message[], messageIds: readonly string[]): Message[] {
  const chosen = shown.filter(({ id, deleted }) => messageIds.includes(id) && !deleted).slice(-limits.evidenceMessages);
  let bytes = 2;
  return chosen.filter((message) => (bytes += JSON.stringify(message).length + 1) <= limits.evidenceBytes);
}

export function createReports({ http, request, session, room, blocked, setBlocked }: ReportsOptions) {
  const note = (userId: string) => setBlocked([...blocked().filter((one) => one !== userId), userId]);

  return {
    /** Never matched again, never reached again; a pair with them ends. */
    async block(userId: string): Promise<void> {
      await request("user:block", { userId });
      note(userId);
    },

    /** Blocks as well. Rejects with PasserbyError. */
    async report(roomId: string, { messageIds, ...accusation }: Accusation): Promise<void> {
      const messages = evidenceOf(room(roomId)?.log.shown ?? [], messageIds);
      const { token } = await session.fresh();
      const ids = messageIds.slice(-limits.evidenceMessages);
      await http("POST /api/reports", { token, body: { roomId, ...accusation, messageIds: ids, messages } });
      note(accusation.userId);
    },
  };
}
