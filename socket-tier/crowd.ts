/** Who came and who went. A small room is told of each; a large one of the last, once a second: a thousand joins would be a million events. */
import type { User } from "../shared/protocol/index.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { GuestSocket } from "./context.ts";
import type { FanOut } from "./fan-out.ts";

const GATHER_MS = 1_000;

type Passed = "room:joined" | "room:left";
interface Passage {
  roomId: string;
  user: User;
  memberCount: number;
}

export class Crowd {
  readonly #fanOut: FanOut;
  readonly #waiting = new Map<string, Map<Passed, Passage>>();

  constructor(fanOut: FanOut) {
    this.#fanOut = fanOut;
  }

  /** Tells this node's sockets in the room. */
  passed(event: Passed, { roomId, user, memberCount }: Passage, except?: GuestSocket): void {
    const passage = { roomId, user, memberCount };
    const waiting = this.#waiting.get(roomId);
    if (waiting) {
      waiting.delete(event); // the last of each, in the order they happened
      waiting.set(event, passage);
    } else if (memberCount <= limits.largeRoom) {
      this.#fanOut.tell(roomId, event, passage, except);
    } else {
      this.#waiting.set(roomId, new Map([[event, passage]]));
      setTimeout(() => this.#tell(roomId), GATHER_MS).unref();
    }
  }

  #tell(roomId: string): void {
    const waiting = this.#waiting.get(roomId) ?? [];
    this.#waiting.delete(roomId);
    for (const [event, passage] of waiting) this.#fanOut.tell(roomId, event, passage);
  }
}
