/**
 * Tells this node's sockets, and only them: other nodes are told by the store's script, through their inboxes.
 * Also remembers how far each local room's log has been told (D8) and marks openings that a change has overtaken (D4).
 */
import type { Cursor, EventName, EventPayload, Message } from "../shared/protocol/index.ts";
import { type Told, withoutBody } from "../shared/stores/log.ts";
import type { GuestSocket, NodeServer } from "./context.ts";
import { type Encoded, encode } from "./frame.ts";
import type { Guests } from "./guests.ts";

/** An opening socket's watch over its guest and rooms: what they are told meanwhile. */
export interface Watch {
  /** Something that only a new look can tell. */
  overtaken: boolean;
  /** Messages, which can be told after the look. */
  missed: Told[];
  targets: string[];
}

/** Rather than keep more of them for one socket, it looks again. */
const MOST_MISSED = 200;

export class FanOut {
  readonly #io: NodeServer;
  readonly #guests: Guests;
  readonly #watches = new Map<string, Set<Watch>>();
  /** Rooms with a local member → how far their log has been told here. */
  readonly lastTold = new Map<string, Cursor>();

  constructor(io: NodeServer, guests: Guests) {
    this.#io = io;
    this.#guests = guests;
  }

  /** @param target a room id, a user id, or "stats" */
  tell<E extends EventName>(target: string, event: E, payload: EventPayload<E>, except?: GuestSocket): void {
    this.touch(target);
    this.#send(
      target,
      event,
      () => JSON.stringify(payload),
      (socket) => socket !== except,
    );
  }

  message(told: Told, except?: GuestSocket): void {
    const { roomId, json, apart } = told;
    const last = this.lastTold.get(roomId);
    if (last) this.#advance(roomId, last, told);
    for (const watch of this.#watches.get(roomId) ?? []) {
      if (watch.missed.length < MOST_MISSED) watch.missed.push(told);
      else watch.overtaken = true;
    }
    const others = (socket: GuestSocket) => socket !== except;
    const whole = () => `{"message":${json}}`;
    if (apart.length === 0) return this.#send(roomId, "message:sent", whole, others);
    const isApart = ({ data }: GuestSocket) => apart.includes(data.userId);
    this.#send(roomId, "message:sent", whole, (socket) => others(socket) && !isApart(socket));
    this.#send(roomId, "message:sent", () => `{"message":${bodiless(json)}}`, isApart);
  }

  /** What came while this socket looked at its rooms, and is not in what it saw. */
  catchUp(
    socket: GuestSocket,
    { missed }: Watch,
    seen: readonly ({ id: string; lastSeq: number } & Pick<Cursor, "epoch">)[],
  ): void {
    for (const { roomId, epoch, seq, json, apart } of missed) {
      const room = seen.find(({ id }) => id === roomId);
      if (!room || (room.epoch === epoch && room.lastSeq >= seq)) continue;
      const message = apart.includes(socket.data.userId) ? bodiless(json) : json;
      const { packet, options } = encode("message:sent", `{"message":${message}}`);
      socket.conn.write(packet, options);
    }
  }

  /** Encoded once, and not at all where nobody here is to hear it: of a pair on two nodes, at the sender's. */
  #send(target: string, event: EventName, payload: () => string, to: (socket: GuestSocket) => boolean): void {
    let encoded: Encoded | undefined;
    for (const socket of this.socketsOf(target)) {
      if (!to(socket)) continue;
      encoded ??= encode(event, payload());
      socket.conn.write(encoded.packet, encoded.options);
    }
  }

  /** This node's sockets in a room, or a guest's that are welcome: a Socket.IO room for each guest would be memory. */
  socketsOf(target: string): GuestSocket[] {
    const guest = this.#guests.get(target);
    if (guest) return [...guest.sockets].filter(({ data }) => data.welcomed);
    const { adapter, sockets } = this.#io.of("/");
    const found: GuestSocket[] = [];
    for (const id of adapter.rooms.get(target) ?? []) {
      const socket = sockets.get(id);
      if (socket) found.push(socket);
    }
    return found;
  }

  /** These sockets get what the room is told from now on. */
  enter(sockets: Iterable<GuestSocket>, roomId: string, end: Cursor): void {
    for (const socket of sockets) void socket.join(roomId); // at once: only the in-memory half of the adapter is asked
    const last = this.lastTold.get(roomId);
    if (last) this.#advance(roomId, last, end);
    else this.lastTold.set(roomId, { epoch: end.epoch, seq: end.seq });
  }

  #advance(roomId: string, last: Cursor, { epoch, seq }: Cursor): void {
    if (epoch !== last.epoch) this.lastTold.set(roomId, { epoch, seq });
    else if (seq > last.seq) last.seq = seq;
  }

  exit(sockets: Iterable<GuestSocket>, roomId: string): void {
    this.touch(roomId); // whoever is about to enter it may be the one who goes
    for (const socket of sockets) void socket.leave(roomId);
    if (!this.holds(roomId)) this.lastTold.delete(roomId);
  }

  /** Nobody is told anything of that room any more. */
  clear(roomId: string): void {
    this.#io.local.in(roomId).socketsLeave(roomId); // without "in" it visits every socket
    this.lastTold.delete(roomId);
  }

  /** Is a local socket in it? */
  holds(roomId: string): boolean {
    return this.#io.of("/").adapter.rooms.has(roomId);
  }

  /** Forgets the rooms that no local socket is in any more. */
  prune(): void {
    for (const roomId of this.lastTold.keys()) if (!this.holds(roomId)) this.lastTold.delete(roomId);
  }

  touch(target: string): void {
    for (const watch of this.#watches.get(target) ?? []) watch.overtaken = true;
  }

  /** What was told may be about anybody. */
  touchAll(): void {
    for (const target of this.#watches.keys()) this.touch(target);
  }

  watch(targets: string[]): Watch {
    const watch: Watch = { overtaken: false, missed: [], targets: [] };
    this.extend(watch, targets);
    return watch;
  }

  extend(watch: Watch, targets: string[]): void {
    for (const target of targets) {
      let set = this.#watches.get(target);
      if (!set) this.#watches.set(target, (set = new Set()));
      set.add(watch);
      watch.targets.push(target);
    }
  }

  unwatch(watch: Watch): void {
    for (const target of watch.targets) {
      const set = this.#watches.get(target);
      set?.delete(watch);
      if (set?.size === 0) this.#watches.delete(target);
    }
  }
}

const bodiless = (json: string) => JSON.stringify(withoutBody(JSON.parse(json) as Message));
