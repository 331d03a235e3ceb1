/** What happens to one guest, told step by step. */
import { lastSeq } from "../../shared/client/log.ts";
import { until } from "../support/until.ts";
import { type Balancer, startBalancer } from "./balancer.ts";
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

const doorOf = (world: World) => startBalancer(world.tiers.map((tier) => tier.port));

/** The same guest, by a door of their own. */
async function moved(world: World, guest: Real, door: Balancer): Promise<Real> {
  const saved = structuredClone(guest.saved()!);
  saved.credentials!.socketUrl = `http://127.0.0.1:${door.port}`;
  guest.destroy();
  const back = await realGuest(world.httpUrl, saved);
  await until("a guest is back by another door", () => back.online() && back.roomId());
  return back;
}

/** Offline while more was said than the log keeps: the newest are shown, in order, and the gap is said. */
export async function away(world: World): Promise<Verdict & { sent: number; gap: boolean }> {
  const [guest, other] = await pairOf(world);
  await using door = await doorOf(world);
  const partner = await moved(world, other, door);
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

/**
 * Offline while the log that both had seen is replaced by an older one, which is then longer than theirs: nothing but its epoch
 * tells them. What both had said in the lost time is in the new log.
 */
export async function replaced(
  world: World,
): Promise<Verdict & { sent: number; replaced: boolean; outgrown: boolean }> {
  const [guest, other] = await pairOf(world);
  await using door = await doorOf(world);
  const partner = await moved(world, other, door);
  const both = [guest, partner];
  const logOf = (one: Real) => one.client.getState().rooms[one.roomId()!]!.log;
  let sent = 0;
  const say = (who: Real[], times: number) => {
    for (let i = 0; i < times; i++) for (const one of who) one.send(`message ${sent++}`);
  };
  const seen = () => both.every((one) => one.idle() && one.screen().length === sent);
  say(both, 2);
  await until("both have seen all", seen);
  await world.redisServer.rollBack(async () => {
    say(both, 10);
    await until("both have seen what will be lost", seen);
    door.accept(false);
    door.cut(1);
    await until("the partner is away", () => !partner.online());
  });
  const had = logOf(partner);
  say([guest], 20);
  await until("who stayed has said all again", () => guest.idle() && logOf(guest).epoch !== had.epoch);
  await until("who stayed has seen all of it", () => guest.screen().length === sent - 10);
  const outgrown = lastSeq(logOf(guest)) > lastSeq(had) && logOf(partner) === had;
  door.accept(true);
  await until("the partner is back", () => partner.online());
  const verdict = await settled(world, both);
  return { ...verdict, sent, replaced: logOf(partner).epoch !== had.epoch, outgrown };
}
