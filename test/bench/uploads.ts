/** Files of 16 kB, eight at a time: slot, form to the disk store, complete; beside one form to Express that checks nothing. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort } from "../../local/port.ts";
import { loadConfig } from "../../shared/config.ts";
import { createStores } from "../../shared/stores/index.ts";
import { createTokens } from "../../shared/tokens.ts";
import { ask, ready, start } from "./processes.ts";
import type { Ask, Figures } from "./question.ts";
import { settings } from "./sides.ts";
import type { UploadsPlan } from "./uploads-load.ts";

const LANES = 8;

async function membersOfRooms(redisUrl: string): Promise<UploadsPlan["guests"]> {
  const config = loadConfig(settings);
  const redis = new Redis(redisUrl);
  const stores = createStores({ redis, config });
  const tokens = createTokens(config.secrets.jwtKeys);
  const guests = await Promise.all(
    Array.from({ length: LANES }, async () => {
      const { user } = await stores.sessions.create({});
      const { id } = await stores.rooms.create(user.id, { name: "Walks", visibility: "unlisted", capacity: 2 });
      return { token: tokens.issue(user.id).token, roomId: id };
    }),
  );
  redis.disconnect();
  return guests;
}

export const uploads: Ask = ({ quick, redisUrl, redisPid }) => {
  const side = (name: string, job: "ours" | "bare") => ({
    name,
    async measure() {
      const folder = await mkdtemp(join(tmpdir(), "passerby-bench-files-"));
      const port = await freePort();
      const env = { ...settings, REDIS_URL: redisUrl, UPLOAD_STORE: `disk:${folder}` };
      try {
        await using server = start(job === "ours" ? "uploads-us.ts" : "uploads-peer.ts", [String(port), folder], env);
        await ready(server);
        const plan: UploadsPlan = {
          url: `http://127.0.0.1:${port}`,
          guests: await membersOfRooms(redisUrl),
          files: quick ? 200 : 600,
          warm: 100,
          nodePids: [server.pid],
          redisPid,
        };
        await using load = start("uploads-load.ts");
        return await ask<Figures>(load, job, plan);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  });
  return {
    name: "uploads",
    title: `Files of 16 kB to the disk, ${LANES} at a time`,
    rows: [
      { figure: "perSecond", what: "whole uploads a second", better: "more" },
      { figure: "p50Ms", what: "whole: p50, ms", better: "less" },
      { figure: "p99Ms", what: "… p99, ms", better: "less" },
      { figure: "signP50Ms", what: "sign: p50, ms", better: "less" },
      { figure: "signP99Ms", what: "… p99, ms", better: "less" },
      { figure: "completeP50Ms", what: "complete: p50, ms", better: "less" },
      { figure: "completeP99Ms", what: "… p99, ms", better: "less" },
    ],
    sides: [side("Passerby", "ours"), side("Express + busboy", "bare")],
  };
};
