/** The guests who have a socket on this node, or are about to. Socket.IO knows sockets; leases are per guest. */
import type { GuestSocket } from "./context.ts";

export interface Guest {
  id: string;
  username: string;
  sockets: Set<GuestSocket>;
  /** Did something since the last beat. */
  active: boolean;
  /** Waits for a partner, as far as this node knows; `lapsed`: was silent for so long that the place is gone. */
  place?: "held" | "lapsed" | undefined;
  /** Was beyond the limit of events; until then each is counted before anything is done for it. */
  overUntilMs?: number;
}

export class Guests {
  readonly #byId = new Map<string, Guest>();
  /** How many sockets of theirs are coming in; `owed`: one that left did not say that they are gone, for the sake of these. */
  readonly #arriving = new Map<string, { sockets: number; owed: boolean }>();

  get size(): number {
    return this.#byId.size;
  }

  /** How many are coming in. */
  get arriving(): number {
    return this.#arriving.size;
  }

  /** A socket of theirs is coming in: until `add`, or `turnBack`. */
  arrive(userId: string): void {
    const arriving = this.#arriving.get(userId);
    if (arriving) arriving.sockets += 1;
    else this.#arriving.set(userId, { sockets: 1, owed: false });
  }

  /** One that was coming in is not. @returns whether it was to say that they are gone */
  turnBack(userId: string): boolean {
    const arriving = this.#arriving.get(userId);
    if (!arriving || --arriving.sockets > 0) return false;
    this.#arriving.delete(userId);
    return arriving.owed;
  }

  add(socket: GuestSocket): Guest {
    const { userId } = socket.data;
    this.turnBack(userId);
    let guest = this.#byId.get(userId);
    if (!guest) this.#byId.set(userId, (guest = { id: userId, username: "", sockets: new Set(), active: true }));
    guest.sockets.add(socket);
    return guest;
  }

  /** @returns whether that was the guest's last socket here */
  remove(socket: GuestSocket): boolean {
    const guest = this.#byId.get(socket.data.userId);
    if (!guest?.sockets.delete(socket) || guest.sockets.size > 0) return false;
    this.#byId.delete(guest.id);
    return true;
  }

  /** Nobody of theirs is here, nor coming in: that is to be said. Whoever is coming in answers for it else. */
  isGone(userId: string): boolean {
    if (this.#byId.has(userId)) return false;
    const arriving = this.#arriving.get(userId);
    if (arriving) arriving.owed = true;
    return !arriving;
  }

  get(userId: string): Guest | undefined {
    return this.#byId.get(userId);
  }

  all(): Guest[] {
    return [...this.#byId.values()];
  }
}
