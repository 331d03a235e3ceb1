/** What happens to one guest, told step by step. */
import { until } from "../support/until.ts";
import { startBalancer } from "./balancer.ts";
import { check, flaws, type Verdict } from "./checker.ts";
import { realGuest } from "./guests.ts";
import { makePairs } from "./talk.ts";
import type { World } from "./world.ts";

type Real = Awaited<ReturnType<typeof realGuest>>;

const pairOf = async (world: World): Promise<[Real, Real]> =>
  (await makePairs(world, 1, realGuest))[0] as unknown as [Real, Real];

async function settled(world: World, guests: Real[]): Promise<Verdict> {
  let verdict: Verdict | undefined;
  await until(
    "everything has arrived",
    async () => guests.every((one) => one.idle()) && flaws((verdict = await check(world, [guests], true))) === 0,
    15_000,
  ).catch(() => {});
  for (const guest of guests) guest.destroy();
  return verdict ?? check(world, [guests], true);
}

/** A tab is reloaded with 20 messages unsent: the new page sends each, in order, once. */
export async function reload(world: World): Promise<Verdict & { sent: number }> {
  const [guest, partner] = await pairOf(world);
  guest.send("before");
  await until("the first is shown and acked", () => partner.shown.length === 1 && guest.idle());
  world.front.accept(false);
  world.front.cut(1);
  for (let i = 0; i < 20; i++) guest.send(`unsent ${i}`);
  const unsent = guest.sent();
  const saved = guest.saved();
  guest.destroy();
  if (saved?.outbox?.length !== 20) throw new Error(`the storage holds ${saved?.outbox?.length} of 20`);
  const page = await realGuest(world.httpUrl, saved);
  world.front.accept(true);
  await until("the new page has its room", () => page.roomId() !== undefined);
  const verdict = await settled(world, [page, partner]);
  const order = partner.screen().map((name) => name.split(":")[1]);
  if (order.join() !== unsent.join()) verdict.outOfOrder += 1;
  return { ...verdict, sent: 21 };
}

/** Offline while more was said than the log keeps: the newest are shown, in order, and the gap is said. */
export async function away(world: World): Promise<Verdict & { sent: number; gap: boolean }> {
  const [guest, other] = await pairOf(world);
  await using door = await startBalancer(() => world.tiers.map((tier) => tier.port));
  const saved = structuredClone(other.saved()!);
  saved.credentials!.socketUrl = `http://127.0.0.1:${door.port}`;
  other.destroy();
  const partner = await realGuest(world.httpUrl, saved);
  await until("the partner is back by another door", () => partner.online() && partner.roomId());
  guest.send("before");
  await until("the first is shown and acked", () => partner.shown.length === 1 && guest.idle());
  door.accept(false);
  door.cut(1);
  const sent = 1_301;
  for (let i = 1; i < sent; i++) guest.send(`message ${i}`);
  await until("all is said", () => guest.idle());
  door.accept(true);
  await until("the partner is back", () => partner.online());
  await until("all is shown", () => partner.screen().at(-1) === guest.screen().at(-1));
  // The sender has seen more than the log keeps.
  const verdict = await settled(world, [partner]);
  const { log } = partner.client.getState().rooms[partner.roomId()!]!;
  guest.destroy();
  return { ...verdict, sent, gap: log.gap };
}
