/** The match queue. Every step is one script, so that a guest is in at most one queue and one pair, whatever the nodes do. */
import { randomText } from "../protocol/ids.ts";
import type { Level, MatchState, Wishes } from "../protocol/index.ts";
import { PasserbyError } from "../protocol/errors.ts";
import { batch } from "./batch.ts";
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";
import { pairLeaseMs, roomTtlMs, ticketLeaseMs } from "./leases.ts";
import type { Reply } from "./scripts.ts";

const levels: readonly Level[] = ["interests", "language", "anyone"];

/** For the script: what the guest said of themself. */
const OF_PROFILE = "\n";

export function matchStore({ redis, run, config }: StoreContext) {
  // The scripts derive room ids from this; fresh random bits per call keep them unguessable.
  const settings = () => [
    `${config.cell && `${config.cell}-`}|${randomText(22)}`,
    ...config.matchWidenMs,
    ticketLeaseMs,
    pairLeaseMs(config.pairGraceMs),
    roomTtlMs,
  ];

  function toState(reply: Reply): MatchState {
    const [state, ...rest] = reply as [string, ...string[]];
    if (state === "gone") throw new PasserbyError("session-ended");
    if (state === "away") throw new PasserbyError("unavailable");
    if (state === "matched") return { state, roomId: rest[0]! };
    if (state !== "queued") return { state: "idle" };
    const [since, level, position, mean, interests, language, media] = rest as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const widenMs = config.matchWidenMs[Number(level)];
    return {
      state,
      since: new Date(Number(since)).toISOString(),
      ...(Number(position) > 0 && { position: Number(position) }),
      ...(mean !== "" && { estimateMs: Number(mean) }),
      criteria: {
        level: levels[Number(level)]!,
        interests: interests ? interests.split("\n") : [],
        ...(language && { language }),
        media: media as "text" | "audio" | "video",
        ...(widenMs !== undefined && { widensAt: new Date(Number(since) + widenMs).toISOString() }),
      },
    };
  }

  // One batch for all of it: what a guest asks in one breath is done in the order asked.
  const askAll = batch(async (asked: string[][]) => {
    return (await run("match_join", ...settings(), ...asked.flat())) as Reply[];
  }, 32);

  const renewAll = batch(async (users: string[]) => {
    await run("match_renew", ticketLeaseMs, ...users);
    return users;
  }, 200);

  async function ask(
    mode: "join" | "skip" | "resume" | "leave",
    userId: string,
    nodeId: string,
    wishes: Wishes = {},
    roomId = "",
  ): Promise<MatchState> {
    const { interests, language = OF_PROFILE, media = "text" } = wishes;
    return toState(await askAll([mode, userId, nodeId, interests?.join("\n") ?? OF_PROFILE, language, media, roomId]));
  }

  return {
    /**
     * Takes a partner or waits. Wishes that are left out are those of the guest's profile. Already matched: says so. Already waiting: keeps the place, with the new wishes.
     * @throws `unavailable` for a guest without a socket
     */
    join: (userId: string, nodeId: string, wishes: Wishes) => ask("join", userId, nodeId, wishes),

    /** Ends that pair and joins again with the last wishes, in one step. A repeat never ends the next pair. */
    skip: (userId: string, nodeId: string, roomId: string) => ask("skip", userId, nodeId, {}, roomId),

    /** Joins again with the last wishes; in a pair: says so. */
    again: (userId: string, nodeId: string) => ask("skip", userId, nodeId),

    /** This guest, who waits, has shown that they are there: their place is theirs for another lease. */
    async renew(userId: string): Promise<void> {
      await renewAll(userId);
    },

    /** Back from a dropped connection: the place in the queue that was held is taken again. */
    resume: (userId: string, nodeId: string) => ask("resume", userId, nodeId),

    /** Leaves the queue, or ends the pair. `nodeId` asks, and tells its own sockets itself. */
    leave: (userId: string, nodeId: string) => ask("leave", userId, nodeId),

    state: async (userId: string) => toState(await run("match_state", userId)),

    /**
     * This guest has been told of the match; unconfirmed within 3 s it is undone (M3).
     * @returns whether that pair is still theirs
     */
    async confirm(userId: string, roomId: string): Promise<boolean> {
      if ((await redis.zrem(key("offers"), `${roomId}|${userId}`)) === 1) return true;
      return (await redis.hget(key("session", userId), "pair")) === roomId; // told by another of their nodes, or over
    },

    /** Lapses, widens and undoes what is due. Any node, about twice a second. */
    async tick(): Promise<void> {
      await run("match_tick", ...settings());
    },
  };
}
