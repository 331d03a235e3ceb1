/** Every request of the contract, once: a good payload, what its fields are, and what it may not reach. */
import type { ErrorCode } from "../../shared/protocol/errors.ts";
import type { Payload, RequestName } from "../../shared/protocol/index.ts";

/** Somebody's things: a room they are in, a message of theirs there, who they are, their partner. */
export interface Scene {
  roomId: string;
  messageId: string;
  userId: string;
  partnerId: string;
  callId: string;
}

type Kind = "id" | "boolean" | "choice" | "text" | "key" | "emoji" | "count" | "interests" | "language" | "signal";

interface Row<E extends RequestName> {
  good: (scene: Scene) => Payload<E>;
  fields: Record<string, Kind>;
  optional?: string[];
}

export const matrix: { [E in RequestName]: Row<E> } = {
  "stats:watch": { good: () => ({ on: true }), fields: { on: "boolean" } },
  "match:join": {
    good: () => ({ interests: ["tea"], language: "en", media: "text" }),
    fields: { interests: "interests", language: "language", media: "choice" },
    optional: ["interests", "language", "media"],
  },
  "match:leave": { good: () => ({}), fields: {} },
  "match:skip": { good: ({ roomId }) => ({ roomId }), fields: { roomId: "id" } },
  "room:join": { good: ({ roomId }) => ({ roomId }), fields: { roomId: "id" } },
  "room:leave": { good: ({ roomId }) => ({ roomId }), fields: { roomId: "id" } },
  "message:send": {
    good: ({ roomId, messageId }) => ({
      roomId,
      clientMessageId: "m-1",
      kind: "text",
      text: "hello",
      replyTo: messageId,
    }),
    fields: { roomId: "id", clientMessageId: "key", kind: "choice", text: "text", uploadId: "id", replyTo: "id" },
    optional: ["uploadId", "replyTo"],
  },
  "message:history": {
    good: ({ roomId }) => ({ roomId, after: 0, limit: 10 }),
    fields: { roomId: "id", after: "count", before: "count", limit: "count" },
    optional: ["after", "before", "limit"],
  },
  "message:ack": {
    good: ({ roomId }) => ({ roomId, deliveredSeq: 1, readSeq: 1 }),
    fields: { roomId: "id", deliveredSeq: "count", readSeq: "count" },
    optional: ["deliveredSeq", "readSeq"],
  },
  "message:react": {
    good: ({ roomId, messageId }) => ({ roomId, messageId, emoji: "👍", on: true }),
    fields: { roomId: "id", messageId: "id", emoji: "emoji", on: "boolean" },
  },
  "message:delete": {
    good: ({ roomId, messageId }) => ({ roomId, messageId }),
    fields: { roomId: "id", messageId: "id" },
  },
  "typing:set": {
    good: ({ roomId }) => ({ roomId, typing: true }),
    fields: { roomId: "id", typing: "boolean" },
  },
  "call:start": {
    good: ({ roomId }) => ({ roomId, media: "audio" }),
    fields: { roomId: "id", media: "choice" },
  },
  "call:accept": { good: ({ callId }) => ({ callId }), fields: { callId: "id" } },
  "call:decline": { good: ({ callId }) => ({ callId }), fields: { callId: "id" } },
  "call:hangup": { good: ({ callId }) => ({ callId }), fields: { callId: "id" } },
  "call:signal": {
    good: ({ callId, partnerId }) => ({ callId, to: partnerId, data: { description: { type: "offer", sdp: "v=0" } } }),
    fields: { callId: "id", to: "id", data: "signal" },
  },
  "call:media": {
    good: ({ callId }) => ({ callId, audio: true, video: false, screen: false }),
    fields: { callId: "id", audio: "boolean", video: "boolean", screen: "boolean" },
  },
  "call:direct": {
    good: ({ callId }) => ({ callId, allow: true }),
    fields: { callId: "id", allow: "boolean" },
  },
  "user:block": { good: ({ partnerId }) => ({ userId: partnerId }), fields: { userId: "id" } },
};

const hostile = ["__proto__", "constructor", "a\0b", "*", "room:*", "a|b", "{tag}", "\r\nDEL *\r\n", "'; return 1 --"];
const long = "x".repeat(60_000);
const never = [null, [], {}, { a: { b: { c: [1] } } }, Number.MAX_VALUE] as const;

/** Values that a field of that kind must refuse. */
const wrong: Record<Kind, readonly unknown[]> = {
  id: [
    ...never,
    true,
    1,
    "",
    "x",
    long,
    "room_",
    "usr_short",
    `nope_${"a".repeat(22)}`,
    `room_${"a".repeat(41)}`,
    ...hostile,
  ],
  boolean: [...never, 0, 1, "", "true", "x"],
  choice: [...never, true, 1, "", "x", long, ...hostile],
  text: [...never, true, 1, "", "  \n ", "x".repeat(1001), "😀".repeat(1001), long],
  key: [...never, true, 1, "", "x".repeat(65), "with space", "ü", long, ...hostile.slice(2)],
  emoji: [...never, true, 1, "", "x", "12", "👍x", "👍".repeat(20), long, ...hostile],
  count: [...never, true, -1, 1.5, "1", "", "x", 2 ** 53, long],
  interests: [
    ...never.toSpliced(1, 1),
    true,
    1,
    "x",
    [1],
    [null],
    [[]],
    [""],
    ["x".repeat(31)],
    [long],
    ["a\nb"],
    ["a\0b"],
    Array(11).fill("y"),
  ],
  language: [...never, true, 1, "", "x", "english!", "en_GB", long, ...hostile],
  signal: [
    ...never,
    true,
    "x",
    { description: {} },
    { description: { type: "x" } },
    { candidate: "x" },
    { candidate: { candidate: "x".repeat(2_000) } },
    { description: { type: "offer", sdp: "x".repeat(17_000) } },
    { description: { type: "offer", sdp: 1 } },
    { description: { type: "offer" }, candidate: null },
    { description: { type: "offer", more: 1 } },
  ],
};

/** Under `__proto__`, or under `constructor`, for who merges it into anything. */
const harm = { polluted: 1, prototype: { polluted: 1 } };
const unknownNames = ["extra", "__proto__", "constructor", "toString", "a\0b", "a.b", "$gt", "", "y".repeat(1_000)];
/** As a parser makes it, for which `__proto__` is a field like any other. */
const withField = (object: object, name: string, value: unknown): unknown =>
  Object.fromEntries([...Object.entries(object), [name, value]]);

export interface Bad {
  what: string;
  args: unknown[];
}

/** All the wrong ways to send this event. */
export function badPayloads(event: RequestName, scene: Scene): Bad[] {
  const { good: make, fields, optional = [] } = matrix[event];
  const good: Record<string, unknown> = make(scene);
  const bad: Bad[] = [
    { what: "no payload", args: [] },
    ...[null, true, 1, "x", long, [], [good], { a: { b: {} } }].map((payload) => ({
      what: `payload ${JSON.stringify(payload).slice(0, 30)}`,
      args: [payload],
    })),
    { what: "two payloads", args: [good, good] },
    { what: "a payload and null", args: [good, null] },
    ...unknownNames.map((name) => ({ what: `unknown field ${name}`, args: [withField(good, name, harm)] })),
  ];
  for (const [field, kind] of Object.entries(fields)) {
    if (!optional.includes(field)) {
      const { [field]: _, ...rest } = good;
      bad.push({ what: `${field} missing`, args: [rest] });
    }
    for (const value of wrong[kind])
      bad.push({ what: `${field} ${JSON.stringify(value).slice(0, 30)}`, args: [{ ...good, [field]: value }] });
  }
  return bad;
}

interface Try {
  payload: unknown;
  /** `ok` only where nothing of the other's is touched: then it is about the sender alone. */
  answer: ErrorCode | "ok";
}

const nowhere = "room_aaaaaaaaaaaaaaaaaaaaaa";
/** The same request for a stranger's room, with the stranger's own ids, and for a room that is not. */
const inRoom =
  (rest: (scene: Scene) => object = () => ({})) =>
  (theirs: Scene, mine: Scene): Try[] => [
    { payload: { ...rest(theirs), roomId: theirs.roomId }, answer: "forbidden" },
    { payload: { ...rest(mine), roomId: theirs.roomId }, answer: "forbidden" },
    { payload: { ...rest(mine), roomId: nowhere }, answer: "not-found" },
  ];
/** … and for a stranger's message, in a room of one's own. */
const onMessage =
  (rest: object) =>
  (theirs: Scene, mine: Scene): Try[] => [
    ...inRoom(({ messageId }) => ({ messageId, ...rest }))(theirs, mine),
    { payload: { roomId: mine.roomId, messageId: theirs.messageId, ...rest }, answer: "not-found" },
  ];
const inCall =
  (rest: object = {}) =>
  ({ callId }: Scene): Try[] => [
    { payload: { callId, ...rest }, answer: "forbidden" },
    { payload: { callId: "call_aaaaaaaaaaaaaaaaaaaaaa", ...rest }, answer: "not-found" },
  ];
const nothing = (): Try[] => [];

/** Every request for what belongs to `theirs`, sent by one who is in `mine`. */
export const strangers: { [E in RequestName]: (theirs: Scene, mine: Scene) => Try[] } = {
  "stats:watch": nothing,
  "match:join": nothing,
  "match:leave": nothing,
  // Skipping a pair that is not one's own is skipping nothing: the answer is the sender's own state.
  "match:skip": ({ roomId }) => [{ payload: { roomId }, answer: "ok" }],
  "room:join": inRoom(),
  "room:leave": inRoom(),
  "message:send": inRoom(() => ({ clientMessageId: "m-1", kind: "text", text: "let me in" })),
  "message:history": inRoom(() => ({ after: 0 })),
  "message:ack": inRoom(() => ({ readSeq: 1 })),
  "message:react": onMessage({ emoji: "👍", on: true }),
  "message:delete": onMessage({}),
  "typing:set": inRoom(() => ({ typing: true })),
  "call:start": inRoom(() => ({ media: "audio" })),
  "call:accept": inCall(),
  "call:decline": inCall(),
  "call:hangup": inCall(),
  "call:signal": (theirs, mine) => [
    ...inCall({ to: theirs.userId, data: { candidate: null } })(theirs),
    { payload: { callId: mine.callId, to: theirs.userId, data: { candidate: null } }, answer: "forbidden" },
    { payload: { callId: mine.callId, to: mine.userId, data: { candidate: null } }, answer: "forbidden" },
  ],
  "call:media": inCall({ audio: true, video: true, screen: true }),
  "call:direct": inCall({ allow: true }),
  // Anyone may be blocked; that is the sender's own list, and a stranger's pair goes on.
  "user:block": ({ userId }, mine) => [
    { payload: { userId }, answer: "ok" },
    { payload: { userId: mine.userId }, answer: "invalid" },
    { payload: { userId: "usr_aaaaaaaaaaaaaaaaaaaaaa" }, answer: "not-found" },
  ],
};
