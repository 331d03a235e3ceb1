/** The client's outbox without a server: refusals, lost acks and reloads in any order. */
import * as fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { sleep } from "../shared/client/backoff.ts";
import { createOutbox, type OutboxItem } from "../shared/client/outbox.ts";
import { PasserbyError } from "../shared/protocol/errors.ts";
import { messageId } from "../shared/protocol/ids.ts";
import type { Draft, Message } from "../shared/protocol/index.ts";

const ROOM = "room_aaaaaaaaaaaaaaaa";
const EPOCH = "epoch-0_________";

const asMessage = (draft: Draft, seq: number): Message => ({
  ...draft,
  attachment: undefined,
  id: messageId(EPOCH, seq),
  epoch: EPOCH,
  seq,
  sender: { id: "usr_meeeeeeeeeeeeeee", username: "me" },
  sentAt: new Date(seq * 1000).toISOString(),
});

afterEach(() => vi.useRealTimers());

/** What becomes of one attempt; "lost ack" means stored, though the client never learns of it. */
type Fate = "ok" | "lost ack" | "reload" | "invalid" | (typeof refusals)[number];
const refusals = ["unavailable", "rate-limited", "internal", "draining", "busy"] as const;
const fate = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fate>("ok") },
  { weight: 3, arbitrary: fc.constantFrom<Fate>(...refusals, "lost ack", "reload") },
  { weight: 1, arbitrary: fc.constant<Fate>("invalid") },
);

test("[D2] whatever fails in between, each message is stored once, in the order it was written, or shown as failed", async () => {
  vi.useFakeTimers();
  const writes = fc.array(fc.constantFrom("room_1", "room_2"), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(writes, fc.array(fate, { maxLength: 30 }), async (rooms, fates) => {
      const left = [...fates];
      let saved: readonly OutboxItem[] = [];
      let page = 0;
      const log: Message[] = [];
      const underWay = new Set<string>();
      const open = () => {
        const mine = ++page;
        const send = async (draft: Draft): Promise<Message> => {
          expect(saved.map(({ clientMessageId }) => clientMessageId)).toContain(draft.clientMessageId);
          expect(underWay.has(`${mine} ${draft.roomId}`), "one under way in a room").toBe(false);
          underWay.add(`${mine} ${draft.roomId}`);
          await sleep(5);
          underWay.delete(`${mine} ${draft.roomId}`);
          const now = left.shift() ?? "ok";
          if (now === "reload") {
            outbox = open();
            return new Promise(() => {}); // the page is gone
          }
          let message = log.find(({ clientMessageId }) => clientMessageId === draft.clientMessageId);
          // What is stored is never refused for good.
          if (now === "invalid" && !message) throw new PasserbyError("invalid");
          if (refusals.includes(now as "busy")) throw new PasserbyError(now as "busy");
          if (!message) {
            message = asMessage(draft, log.length + 1);
            log.push(message);
          }
          if (now === "lost ack") return send(draft); // as `request` does: asked again
          return message;
        };
        return createOutbox({
          send: (draft) => (mine === page ? send(draft) : new Promise(() => {})),
          load: () => saved,
          save: (items) => mine === page && (saved = structuredClone(items)),
          onAck: () => {},
          random: () => 0.5,
        });
      };
      let outbox = open();
      const written = rooms.map((roomId, index) => outbox.add(roomId, { text: `${index}` }).clientMessageId);
      await vi.advanceTimersByTimeAsync(600_000);
      const failed = saved.map(({ clientMessageId }) => clientMessageId);
      expect(saved.every((item) => item.failed)).toBe(true);
      const stored = log.map(({ clientMessageId }) => clientMessageId);
      expect([...stored, ...failed].toSorted()).toEqual([...written].toSorted());
      for (const room of ["room_1", "room_2"]) {
        const of = log.filter(({ roomId }) => roomId === room).map(({ text }) => Number(text));
        expect(of).toEqual(of.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 300 },
  );
});

test("a room that refused one message refuses those behind it; the guest may try again or give up", async () => {
  vi.useFakeTimers();
  const asked: string[] = [];
  const outbox = createOutbox({
    send: async ({ text }) => {
      asked.push(text!);
      throw new PasserbyError("room-closed");
    },
    load: () => [],
    save: () => {},
    onAck: () => {},
  });
  const [first, second] = ["a", "b"].map((text) => outbox.add(ROOM, { text }).clientMessageId);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual(["a"]);
  expect(outbox.items().map(({ failed }) => failed?.code)).toEqual(["room-closed", "room-closed"]);
  outbox.retry(second!);
  outbox.discard(first!);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual(["a", "b"]);
});

test("[D2] a reply whose message is not in the log any more goes without it; a room that is gone still refuses", async () => {
  const sent: Draft[] = [];
  const box = (gone: boolean) =>
    createOutbox({
      send: async (draft) => {
        sent.push(draft);
        if (gone || draft.replyTo) throw new PasserbyError("not-found");
        return asMessage(draft, 1);
      },
      load: () => [],
      save: () => {},
      onAck: () => {},
    });
  const [here, over] = [box(false), box(true)];
  const { clientMessageId } = here.add(ROOM, { text: "yes", replyTo: messageId(EPOCH, 3) });
  await vi.waitFor(() => expect(here.items()).toEqual([]));
  expect(sent.map((draft) => [draft.clientMessageId, draft.replyTo])).toEqual([
    [clientMessageId, messageId(EPOCH, 3)],
    [clientMessageId, undefined],
  ]);
  over.add(ROOM, { text: "yes", replyTo: messageId(EPOCH, 3) });
  await vi.waitFor(() => expect(over.items()[0]?.failed).toMatchObject({ code: "not-found" }));
});
