/** Pairs of light guests that say something, wait for the answer, say it again while it is refused, and note all of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { EventPayload, Welcome } from "../../shared/protocol/index.ts";
import type { ErrorCode } from "../../shared/protocol/errors.ts";
import { key } from "../../shared/stores/keys.ts";
import { begun, until } from "../support/until.ts";
import type { LightGuest } from "./crowd.ts";

export interface Answer {
  guest: LightGuest;
  at: number;
  ms: number;
  /** `lost`: the connection went first. */
  code: "ok" | "lost" | ErrorCode;
}

export interface Chatter {
  answers: Answer[];
  /** Answers from that moment on. */
  since(at: number): Answer[];
  codesSince(at: number): Record<string, number>;
  /** How long the oldest unanswered request has been waiting. */
  waitingMs(): number;
  /** Every guest has had an ok for something said after this call, and heard the other say something. @returns how long that took */
  healed(withinMs?: number): Promise<number>;
  stop(): Promise<void>;
  /** Compares what was acked with the logs. */
  check(redis: Redis): Promise<{ acked: number; falseAcks: number; storedTwice: number }>;
}

const PAUSE_MS = 100;

export async function chat(guests: LightGuest[]): Promise<Chatter> {
  // Asked again where its connection went first, or Redis is not there yet: as a client does.
  for (const guest of guests) await begun("it is in the queue", async () => (await guest.ask("match:join", {}))?.ok);
  /** Told at once; or, to one whose connection was gone just then, by the next welcome. */
  function roomOf(guest: LightGuest): string | undefined {
    const found = guest.heard.get("match:found")?.at(-1) as EventPayload<"match:found"> | undefined;
    const { match } = guest.heard.get("session:welcome")!.at(-1) as Welcome;
    return found?.room.id ?? (match.state === "matched" ? match.roomId : undefined);
  }
  await begun("all are matched", () => guests.every(roomOf));

  const answers: Answer[] = [];
  const acked: { roomId: string; clientMessageId: string }[] = [];
  const asked = new Map<LightGuest, number>();
  let talking = true;

  async function talk(guest: LightGuest): Promise<void> {
    const roomId = roomOf(guest)!;
    for (let n = 0; talking && !guest.ended;) {
      await sleep(PAUSE_MS * (0.5 + Math.random()));
      if (!guest.online) continue;
      const at = Date.now();
      asked.set(guest, at);
      const clientMessageId = `${guest.id}-${n}`;
      const ack = await guest.ask("message:send", { roomId, clientMessageId, kind: "text", text: `message ${n}` });
      asked.delete(guest);
      answers.push({ guest, at, ms: Date.now() - at, code: !ack ? "lost" : ack.ok ? "ok" : ack.error.code });
      if (ack?.ok) acked.push({ roomId, clientMessageId });
      if (ack?.ok) n += 1;
    }
  }
  const talks = guests.map(talk);
  const since = (from: number) => answers.filter(({ at }) => at >= from);

  return {
    answers,
    since,
    codesSince(from) {
      const codes: Record<string, number> = {};
      for (const { code } of since(from)) codes[code] = (codes[code] ?? 0) + 1;
      return codes;
    },
    waitingMs: () => Math.max(0, ...[...asked.values()].map((at) => Date.now() - at)),
    async healed(withinMs = 30_000) {
      const from = Date.now();
      const acked = () => new Set(since(from).flatMap(({ guest, code }) => (code === "ok" ? [guest] : [])));
      const told = (guest: LightGuest) => {
        const last = guest.heard.get("message:sent")?.at(-1) as EventPayload<"message:sent"> | undefined;
        return last !== undefined && Date.parse(last.message.sentAt) >= from;
      };
      const served = () => [...acked()].filter(told);
      await until("every guest is served", () => served().length === guests.length, withinMs).catch((error: Error) => {
        throw new Error(`${error.message}: ${acked().size} acked, ${served().length} told too, of ${guests.length}`);
      });
      return Date.now() - from;
    },
    async stop() {
      talking = false;
      await Promise.all(talks);
    },
    async check(redis) {
      const told = [...acked]; // the talk goes on meanwhile
      const logs = new Map<string, string[]>();
      for (const roomId of new Set(guests.map((guest) => roomOf(guest)!))) {
        const entries = await redis.xrange(key("log", roomId), "-", "+");
        const ids = entries.map(
          ([, fields]) => (JSON.parse(fields[3]!) as { clientMessageId: string }).clientMessageId,
        );
        logs.set(roomId, ids);
      }
      return {
        acked: told.length,
        falseAcks: told.filter(({ roomId, clientMessageId }) => !logs.get(roomId)!.includes(clientMessageId)).length,
        storedTwice: [...logs.values()].reduce((sum, ids) => sum + ids.length - new Set(ids).size, 0),
      };
    },
  };
}
