/** The whole contract: every request, event and route, merged from the capabilities' files. */
import type { z } from "zod";
import { bans } from "./bans.ts";
import { calls } from "./calls.ts";
import { docs } from "./docs.ts";
import type { ErrorBody } from "./errors.ts";
import { matching } from "./matching.ts";
import { messages } from "./messages.ts";
import { presence } from "./presence.ts";
import { reports } from "./reports.ts";
import { rooms } from "./rooms.ts";
import { sessions } from "./sessions.ts";
import { uploads } from "./uploads.ts";

export const requests = {
  ...sessions.requests,
  ...presence.requests,
  ...matching.requests,
  ...rooms.requests,
  ...messages.requests,
  ...calls.requests,
  ...uploads.requests,
  ...reports.requests,
  ...docs.requests,
  ...bans.requests,
} as const;

export const events = {
  ...sessions.events,
  ...presence.events,
  ...matching.events,
  ...rooms.events,
  ...messages.events,
  ...calls.events,
  ...uploads.events,
  ...reports.events,
  ...docs.events,
  ...bans.events,
} as const;

export const routes = {
  ...sessions.routes,
  ...presence.routes,
  ...matching.routes,
  ...rooms.routes,
  ...messages.routes,
  ...calls.routes,
  ...uploads.routes,
  ...reports.routes,
  ...docs.routes,
  ...bans.routes,
} as const;

export type RequestName = keyof typeof requests;
export type EventName = keyof typeof events;
export type RouteName = keyof typeof routes;

/** What a client may send, before checks fill in and fold. */
export type Payload<E extends RequestName> = z.input<(typeof requests)[E]["payload"]>;
/** What a handler gets, checked. */
export type Checked<E extends RequestName> = z.output<(typeof requests)[E]["payload"]>;
/** The `data` of the ack. */
export type Answer<E extends RequestName> = z.output<(typeof requests)[E]["answer"]>;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;
export type RouteAnswer<R extends RouteName> = (typeof routes)[R] extends { answer: infer A extends z.ZodType }
  ? z.output<A>
  : undefined;
export type RouteBody<R extends RouteName> = (typeof routes)[R] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined;

export type Ack<T> = { ok: true; data: T } | { ok: false; error: ErrorBody };

/** Event maps for Socket.IO's own types. */
export type ClientToServer = {
  [E in RequestName]: (payload: Payload<E>, ack: (answer: Ack<Answer<E>>) => void) => void;
};
export type ServerToClient = { [E in EventName]: (payload: EventPayload<E>) => void };

export type { ErrorBody, ErrorCode } from "./errors.ts";
export type { Ban } from "./bans.ts";
export type { Call, CallEndReason, Signal } from "./calls.ts";
export type { Level, MatchEndReason, MatchFound, MatchState, Wishes } from "./matching.ts";
export type { Draft, Message, Receipt } from "./messages.ts";
export type { NodeStats, Stats, Status } from "./presence.ts";
export type { Report, ReportSummary } from "./reports.ts";
export type { Room } from "./rooms.ts";
export type { Credentials, Cursor, Handshake, User, Welcome } from "./sessions.ts";
export type { Upload } from "./uploads.ts";
