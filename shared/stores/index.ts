/** Redis behind plain async methods: the only truth. Built once, by whoever owns the client. */
import type { Redis } from "ioredis";
import type { Config } from "../config.ts";
import { callStore } from "./calls.ts";
import { addressPseudonyms, type Pseudonyms } from "./addresses.ts";
import { banStore } from "./bans.ts";
import { createStamps, type Stamps } from "../stamps.ts";
import { challengeStore } from "./challenges.ts";
import { matchStore } from "./matching.ts";
import { messageStore } from "./messages.ts";
import { nodeStore } from "./nodes.ts";
import { presenceStore } from "./presence.ts";
import { reportStore } from "./reports.ts";
import { roomStore } from "./rooms.ts";
import { defineScripts, type Run } from "./scripts.ts";
import { sessionStore } from "./sessions.ts";
import { statsStore } from "./stats.ts";
import { uploadStore } from "./uploads.ts";

export interface StoreContext {
  redis: Redis;
  run: Run;
  config: Config;
  pseudonyms: Pseudonyms;
  stamps: Stamps;
}

export function createStores({ redis, config }: { redis: Redis; config: Config }) {
  const context: StoreContext = {
    redis,
    run: defineScripts(redis),
    config,
    pseudonyms: addressPseudonyms(redis),
    stamps: createStamps(config.secrets.jwtKeys),
  };
  return {
    sessions: sessionStore(context),
    presence: presenceStore(context),
    nodes: nodeStore(context),
    matching: matchStore(context),
    rooms: roomStore(context),
    messages: messageStore(context),
    calls: callStore(context),
    reports: reportStore(context),
    bans: banStore(context),
    challenges: challengeStore(context),
    pseudonyms: context.pseudonyms,
    uploads: uploadStore(context),
    stats: statsStore(context),
  };
}

export type Stores = ReturnType<typeof createStores>;
