/** The guests who have a socket on this node. Socket.IO knows sockets; leases are per guest. */
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

  get size(): number {
    return this.#byId.size;
  }

  add(socket: GuestSocket): Guest {
    const { userId } = socket.data;
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

  get(userId: string): Guest | undefined {
    return this.#byId.get(userId);
  }

  all(): Guest[] {
    return [...this.#byId.values()];
  }
}
