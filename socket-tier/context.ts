/** What a node's capabilities are given, built once by the worker. */
import type { Server, Socket } from "socket.io";
import type { Config } from "../shared/config.ts";
import type { Logger } from "../shared/logger.ts";
import type {
  Answer,
  Checked,
  ClientToServer,
  Handshake,
  RequestName,
  ServerToClient,
} from "../shared/protocol/index.ts";
import type { Limit } from "../shared/stores/limits.ts";
import type { Stores } from "../shared/stores/index.ts";
import type { Tokens } from "../shared/tokens.ts";
import type { IceServers } from "../shared/turn.ts";
import type { Admission } from "./admission.ts";
import type { Look } from "./arrival.ts";
import type { Crowd } from "./crowd.ts";
import type { FanOut } from "./fan-out.ts";
import type { Json } from "./frame.ts";
import type { Guest, Guests } from "./guests.ts";
import type { Underway } from "./in-order.ts";
import type { Metrics } from "./metrics.ts";
import type { Publishing } from "./publish.ts";
import type { Tracing } from "./tracing.ts";

export interface SocketData {
  userId: string;
  /** Where it comes from, behind TRUSTED_PROXIES; kept here only, and never written anywhere. */
  address: string;
  cursors?: Handshake["cursors"];
  /** From the handshake to `connection`. */
  look?: Look | undefined;
  guest: Guest;
  /** Pending until `session:welcome` has been sent; then gone (P4). */
  opening?: Promise<void> | undefined;
  welcomed?: boolean;
  underway?: Underway | undefined;
  /** Requests that are being counted: what comes after them waits its turn. */
  counting?: number;
  /** The call that this connection carries, as far as this node knows. */
  callId?: string | undefined;
}

type NoEvents = Record<string, never>;
export type NodeServer = Server<ClientToServer, ServerToClient, NoEvents, SocketData>;
export type GuestSocket = Socket<ClientToServer, ServerToClient, NoEvents, SocketData>;

export interface NodeContext {
  config: Config;
  logger: Logger;
  nodeId: string;
  io: NodeServer;
  admission: Admission;
  publishing: Publishing;
  metrics: Metrics;
  tracing?: Tracing | undefined;
  stores: Stores;
  tokens: Tokens;
  iceServers: IceServers;
  guests: Guests;
  fanOut: FanOut;
  crowd: Crowd;
  eventLimit: Limit;
  state: "starting" | "ready" | "draining";
  /** Events refused by the limit since the last beat. */
  limited: number;
}

/**
 * A request's handler: check is done, persist, and return the ack's data. Throws PasserbyError.
 * @param uncounted what its script has yet to count against the limit of events; only where `countedByScript` says so
 */
export type Handler<E extends RequestName> = (
  socket: GuestSocket,
  payload: Checked<E>,
  uncounted: number,
) => Promise<Answer<E> | Json>;
export type Handlers<E extends RequestName = RequestName> = { [K in E]: Handler<K> };
