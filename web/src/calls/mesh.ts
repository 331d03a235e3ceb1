/** The connections of the call this client is in: one to each other participant, made and closed as they come and go. */
import { computed, effect, signal } from "@preact/signals";
import { joinedOthers, mayBeDirect, offersTo } from "../../../shared/client/index.ts";
import type { Call, Signal } from "../../../shared/protocol/index.ts";
import { client, me } from "../shell/state.ts";
import { tracks } from "./media.ts";
import { createPeer, type Peer, type PeerView } from "./peer.ts";
import { qualityOf, sampleOf, speaks, type Quality, type Sample } from "./quality.ts";
import { call, part } from "./state.ts";

export interface Remote {
  view: PeerView;
  quality?: Quality;
  /** They see a relay's address in place of ours. */
  relayed?: boolean;
  speaking: boolean;
}

export const hasRelay = computed(() => {
  const now = part.value;
  return now.state === "in" && now.iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/i.test(url)));
});

/** User id → what comes from there. */
export const remotes = signal<Readonly<Record<string, Remote>>>({});

interface Link {
  peer: Peer;
  offers: boolean;
  direct: boolean;
  sample?: Sample;
}

const LOOK_MS = 1_000;
/** Credentials of a relay live ten minutes at most. */
const FRESH_MS = 4 * 60_000;
const EARLY_MOST = 64;
const links = new Map<string, Link>();
/** From those whose joining we have not heard of yet. */
let early: { from: string; data: Signal }[] = [];
let suppliedMs = 0;

async function configuration(other: string): Promise<RTCConfiguration> {
  // Without new ones the old ones are worth a try.
  if (Date.now() - suppliedMs > FRESH_MS) await supply().catch(() => {});
  const now = part.value;
  if (now.state !== "in") return {};
  const direct = mayBeDirect(call.value, me.value?.id ?? "", other);
  return { iceServers: now.iceServers, iceTransportPolicy: direct ? "all" : "relay" };
}

async function supply() {
  await client.calls.supply();
  suppliedMs = Date.now();
}

function connect(now: Call, own: string, other: string) {
  const offers = offersTo(now, own, other);
  const peer = createPeer({
    offers,
    configuration: () => configuration(other),
    send: (data) => client.calls.signal(other, data),
    tracks: tracks.peek(),
    onChange: (view) => change(other, { view }),
  });
  links.set(other, { peer, offers, direct: mayBeDirect(now, own, other) });
  change(other, { view: { link: "connecting", tracks: {} } });
  for (const { data } of early.filter(({ from }) => from === other)) peer.receive(data);
  early = early.filter(({ from }) => from !== other);
}

function change(userId: string, change: Partial<Remote>) {
  const before = remotes.peek()[userId] ?? { speaking: false, view: { link: "connecting" as const, tracks: {} } };
  if (links.has(userId)) remotes.value = { ...remotes.peek(), [userId]: { ...before, ...change } };
}

function disconnect(userId: string) {
  links.get(userId)?.peer.close();
  links.delete(userId);
  const { [userId]: _gone, ...rest } = remotes.peek();
  remotes.value = rest;
}

function reconcile(now: Call | undefined, own: string) {
  // Without a relay, and while addresses are hidden, there is no way at all.
  const others = joinedOthers(now, own)
    .map(({ userId }) => userId)
    .filter((userId) => hasRelay.value || mayBeDirect(now, own, userId));
  for (const [userId, { offers }] of links)
    // One who came again is the newcomer now.
    if (!now || !others.includes(userId) || offersTo(now, own, userId) !== offers) disconnect(userId);
  if (!now) early = [];
  else for (const userId of others) if (!links.has(userId)) connect(now, own, userId);
  for (const [userId, link] of links) {
    const direct = mayBeDirect(now, own, userId);
    if (direct !== link.direct) link.peer.reroute(direct);
    link.direct = direct;
  }
}

async function look(userId: string, link: Link) {
  const report = await link.peer.stats().catch(() => undefined);
  if (!report || links.get(userId) !== link) return;
  const sample = sampleOf(report, Date.now());
  const { sample: before } = link;
  link.sample = sample;
  if (!before) return;
  // A connection that was made anew counts from nothing.
  const same = sample.received >= before.received;
  const { relayed } = sample;
  if (same) change(userId, { quality: qualityOf(before, sample), speaking: speaks(before, sample), relayed });
}

/** Follows the client's part in its call from now on. */
export function follow(): void {
  let inCall: string | undefined;
  effect(() => {
    const now = part.value;
    if (now.state !== "in") inCall = undefined;
    else if (inCall !== now.callId) {
      inCall = now.callId;
      suppliedMs = Date.now();
      // Those of the answer are good; asked for what else there is to know.
      void supply().catch(() => {});
    }
    reconcile(call.value, me.value?.id ?? "");
  });
  effect(() => {
    const now = tracks.value;
    for (const { peer } of links.values()) peer.setTracks(now);
  });
  client.calls.onSignal(({ from, data }) => {
    const link = links.get(from);
    if (link) link.peer.receive(data);
    else early = [...early, { from, data }].slice(-EARLY_MOST);
  });
  const restart = () => {
    for (const { peer } of links.values()) peer.restart();
  };
  addEventListener("online", restart);
  setInterval(() => {
    for (const [userId, link] of links) void look(userId, link);
  }, LOOK_MS);
}
