/** Frames at random from attackers who log in or do not, while two honest guests talk: what it costs the node and them (A2, P2, P3). */
import { readFileSync } from "node:fs";
import { Attacker, randomFrame, seeded } from "../support/attacker.ts";
import { type GuestIdentity, Talker } from "../support/nodes.ts";
import { until } from "../support/until.ts";
import { percentiles } from "./crowd.ts";
import type { TierProcess } from "./tier.ts";

const AT_ONCE = 8;
const FRAMES_EACH = 8;
const TOKENS = 40;
/** How many the honest say in peace, for comparison. */
const IN_PEACE = 200;

const rssMB = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;

/**
 * @param frames in all, half of them before login
 * @returns figures; `said` and `heard`: of the honest, whose every message was acked in order
 */
export async function fuzz(tier: TierProcess, guest: () => Promise<GuestIdentity>, frames: number) {
  const pid = (await tier.nodePid())!;
  const random = seeded(20_26);
  const connect = async () => {
    const talker = new Talker(`http://127.0.0.1:${tier.port}`, await guest());
    await talker.welcomed();
    return talker;
  };
  const [a, b] = [await connect(), await connect()];
  await a.ask("match:join", {});
  await b.ask("match:join", {});
  const roomId = (await b.next("match:found")).room.id;
  const tokens = await Promise.all(Array.from({ length: TOKENS }, async () => (await guest()).token));
  let sent = 0;
  let said = 0;
  let welcomed = 0;
  let outOfOrder = 0;

  async function say(latencies: number[]): Promise<void> {
    const from = performance.now();
    if ((await a.say(roomId, `honest ${++said}`)).message.seq !== said) outOfOrder += 1;
    latencies.push(performance.now() - from);
  }

  async function attack(login: boolean): Promise<void> {
    while (sent < (login ? frames : frames / 2)) {
      const attacker = await Attacker.open(tier.port);
      if (login) await attacker.login(tokens[Math.floor(random() * tokens.length)]!);
      if (attacker.heard.some((text) => text.includes("session:welcome"))) welcomed += 1;
      for (let i = 0; i < FRAMES_EACH; i++, sent++) attacker.send(...randomFrame(random));
      // What was sent last has been read once this is answered, or the connection is closed.
      attacker.send({ data: "ping?", opcode: 9 });
      await until("read or refused", () => attacker.closed || attacker.pongs > 0).finally(() => attacker.close());
    }
  }

  const inPeace: number[] = [];
  for (let n = 0; n < IN_PEACE; n++) await say(inPeace);
  const before = rssMB(pid);
  const meanwhile: number[] = [];
  for (const login of [false, true]) {
    const attacks = Promise.all(Array.from({ length: AT_ONCE }, () => attack(login)));
    let over = false;
    void attacks.finally(() => (over = true)).catch(() => {});
    while (!over) await say(meanwhile);
    await attacks;
  }
  const grownMB = Math.round(rssMB(pid) - before);
  // A push may be repeated (what a beat catches up on may be under way): each counts once.
  const heard = () => new Set(b.all("message:sent").map(({ message }) => message.seq)).size;
  await until("the partner heard all", () => heard() === said);
  for (const one of [a, b]) one.close();
  return {
    frames: sent,
    welcomed,
    said,
    heard: heard(),
    outOfOrder,
    replaced: (await tier.nodePid()) === pid ? 0 : 1,
    grownMB,
    inPeace: percentiles(inPeace),
    meanwhile: percentiles(meanwhile),
  };
}
