/** Every route of the contract, once: how a stranger would ask it for somebody else's things, and what they are told. */
import type { ErrorCode } from "../../shared/protocol/errors.ts";
import type { Message, RouteName } from "../../shared/protocol/index.ts";
import type { Scene } from "./matrix.ts";

/** Somebody's things, as far as HTTP knows them: a file they sent, one they have not, a report of theirs, a ban. */
export interface Things extends Scene {
  message: Message;
  /** An unlisted one. */
  groupId: string;
  sentUploadId: string;
  pendingUploadId: string;
  ticket: string;
  reportId: string;
  banId: string;
}

interface Try {
  /** What stands for `:id`. */
  id?: string;
  query?: Record<string, string>;
  body?: object;
  /** `ok`: what is answered is about the sender, or about nobody. */
  answer: ErrorCode | "ok";
  /** Asks without a token. */
  nobody?: true;
}
type Tries = (theirs: Things, mine: Things) => Try[];

const nowhere = (kind: string) => `${kind}_aaaaaaaaaaaaaaaaaaaaaa`;
/** Says nothing of any guest, whoever asks. */
const open: Tries = () => [{ answer: "ok" }];
/** Whose it is, the token alone says; what names another is no field of it. */
const own: Tries = ({ userId }) => [{ query: { userId }, answer: "invalid" }];
const ownBody =
  (body: object): Tries =>
  ({ userId }) => [
    { body: { ...body, userId }, answer: "invalid" },
    { body: { ...body, id: userId }, answer: "invalid" },
  ];
/** A guest's token is not the operator's. */
const operators = (...tries: ((theirs: Things) => Omit<Try, "answer">)[]): Tries => {
  return (theirs) => tries.map((one) => ({ ...one(theirs), answer: "unauthenticated" }));
};
const inRoom = (query: Record<string, string>): Tries => {
  return ({ roomId }) => [
    { id: roomId, query, answer: "forbidden" },
    { id: nowhere("room"), query, answer: "not-found" },
  ];
};
const note = { kind: "file", filename: "note.txt", contentType: "text/plain", sizeBytes: 5 };
const sentence = { guest: true, address: true, durationMs: 60_000 };
const accusation = { reason: "harassment" };

export const strangersRoutes: Record<RouteName, Tries> = {
  "GET /health": open,
  "GET /health/ready": open,
  "GET /api/stats": open,
  "GET /api/socket/stats": open,
  "GET /api/openapi.json": open,
  "GET /api/asyncapi.json": open,
  "GET /api/docs": open,
  "POST /api/guest": ownBody({}),
  "GET /api/guest/username": open,
  "GET /api/guest/me": own,
  "PATCH /api/guest/me": ownBody({ username: "taken_over" }),
  "DELETE /api/guest/me": own,
  "POST /api/guest/refresh": own,
  // No pair is in the list, no unlisted group, and no member's name.
  "GET /api/rooms": () => [{ answer: "ok" }, { query: { limit: "50" }, answer: "ok" }],
  "POST /api/rooms": ownBody({ name: "Mine", visibility: "unlisted" }),
  // A group may be looked at by its id; who is in it, and what is said there, may not.
  "GET /api/rooms/:id": (theirs, mine) => [...inRoom({})(theirs, mine), { id: theirs.groupId, answer: "ok" }],
  "GET /api/rooms/:id/messages": (theirs, mine) => [
    ...inRoom({ after: "0" })(theirs, mine),
    { id: theirs.groupId, answer: "forbidden" },
  ],
  "GET /api/calls/ice-servers": own,
  "POST /api/uploads": ({ roomId, groupId }) => [
    { body: { ...note, roomId }, answer: "forbidden" },
    { body: { ...note, roomId: groupId }, answer: "forbidden" },
    { body: { ...note, roomId: nowhere("room") }, answer: "not-found" },
  ],
  "POST /api/uploads/:id/complete": ({ sentUploadId, pendingUploadId }) => [
    { id: sentUploadId, answer: "forbidden" },
    { id: pendingUploadId, answer: "forbidden" },
    { id: nowhere("upl"), answer: "not-found" },
  ],
  "GET /api/uploads/:id": ({ sentUploadId, ticket }, mine) => [
    { id: sentUploadId, answer: "forbidden" },
    { id: nowhere("upl"), answer: "not-found" },
    { id: sentUploadId, query: { ticket: mine.ticket }, nobody: true, answer: "unauthenticated" },
    { id: mine.sentUploadId, query: { ticket }, nobody: true, answer: "unauthenticated" },
    { id: sentUploadId, nobody: true, answer: "unauthenticated" },
  ],
  "POST /api/reports": ({ roomId, userId, messageId, message }, mine) => [
    { body: { ...accusation, roomId, userId }, answer: "forbidden" },
    { body: { ...accusation, roomId, userId, messageIds: [messageId] }, answer: "forbidden" },
    { body: { ...accusation, roomId, userId, messages: [{ ...message, text: "forged" }] }, answer: "forbidden" },
    { body: { ...accusation, roomId: mine.roomId, userId }, answer: "not-found" },
    { body: { ...accusation, roomId: nowhere("room"), userId }, answer: "not-found" },
  ],
  "GET /api/reports": operators(() => ({})),
  "GET /api/reports/:id": operators(({ reportId }) => ({ id: reportId })),
  "DELETE /api/reports/:id": operators(({ reportId }) => ({ id: reportId })),
  "GET /api/bans": operators(() => ({})),
  "POST /api/bans": operators(
    ({ userId }) => ({ body: { userId, ...sentence } }),
    ({ reportId }) => ({ body: { reportId, ...sentence } }),
  ),
  "DELETE /api/bans/:id": operators(({ banId }) => ({ id: banId })),
};
