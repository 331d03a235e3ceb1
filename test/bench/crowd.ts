/** A room of a thousand on two nodes, at a steady pace: what one message to all of them costs. */
import type { Redis } from "ioredis";
import type { CrowdResult } from "./crowd-load.ts";
import { cpuSeconds, heard, start } from "./processes.ts";
import type { Side } from "./sides.ts";

export interface CrowdFigures extends CrowdResult {
  nodeMicros: number;
  redisMicros: number;
}

const picks = (word: string) => (message: unknown) => (message === word ? true : undefined);

export async function measureCrowd(
  side: Side,
  redis: Redis,
  options: { members: number; perSecond: number; forMs: number },
): Promise<CrowdFigures> {
  const { auths, roomId } = await side.crowd(options.members);
  await using load = start("crowd-load.ts");
  const redisPid = Number(/^process_id:(\d+)/m.exec(await redis.info("server"))![1]);
  const cpu = () => ({
    nodes: side.nodes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
    redis: cpuSeconds(redisPid),
  });
  load.child.send({ ports: side.ports, auths, roomId, ...options });
  await heard(load.child, picks("measure"));
  const before = cpu();
  const result = await heard(load.child, (message) => (message as { result?: CrowdResult }).result);
  const after = cpu();
  const micros = (seconds: number) => Math.round((seconds * 1e6) / result.messages);
  return { ...result, nodeMicros: micros(after.nodes - before.nodes), redisMicros: micros(after.redis - before.redis) };
}
