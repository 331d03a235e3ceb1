/** What of a guest's addresses reaches the peer: nothing, until both have agreed (C5). */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Signal } from "../shared/protocol/index.ts";
import { relayOnly } from "../socket-tier/relay-only.ts";
import { heardBy, inCall } from "./support/calls.ts";
import { type Cluster, startCluster, type Talker } from "./support/nodes.ts";
import { allowed, description, forbidden, hidden, offerOf, relayed, relays } from "./support/sdp.ts";

const sdpOf = (signal: Signal | undefined) => (signal && "description" in signal ? signal.description.sdp! : "");
const offer = (sdp: string): Signal => ({ description: { type: "offer", sdp } });
const trickle = (candidate: string): Signal => ({ candidate: { candidate, sdpMid: "0", sdpMLineIndex: 0 } });

/** What is wrong with that text, which a peer got. */
function leaksOf(text: string): string[] {
  const candidates = text.split(/\r\n|"/).filter((line) => /candidate:/i.test(line));
  return [
    ...hidden.filter((address) => text.toLowerCase().includes(address)),
    ...candidates.filter(
      (line) => !/^(a=)?candidate:\S+ 1 udp \d+ \S+ \d+ typ relay raddr 0\.0\.0\.0 rport 9( |$)/.test(line),
    ),
    ...text
      .split(/[\r\n]+/)
      .filter(
        (line) => /^[co]=|^a=rtcp:/.test(line) && !line.endsWith(" IN IP4 0.0.0.0") && line !== "c=IN IP4 0.0.0.0",
      ),
  ];
}

describe("a signal without addresses", () => {
  test("[C5] a browser's own offer keeps all but its addresses", () => {
    const sdp = offerOf("192.168.77.13", [
      "candidate:1 1 udp 2122260223 192.168.77.13 54609 typ host generation 0 ufrag ETEn network-id 1",
      relayed("198.51.100.4", "203.0.113.77"),
      "candidate:3 1 tcp 1518280447 192.168.77.13 9 typ host tcptype active",
    ]);
    const kept = sdpOf(relayOnly(offer(sdp))).split("\r\n");
    const expected = sdp
      .replaceAll(/IN IP4 192.168.77.13|IN IP6 ::/g, "IN IP4 0.0.0.0")
      .replace("m=audio 54609", "m=audio 9")
      .replace("a=rtcp:54610", "a=rtcp:9")
      .replace("raddr 203.0.113.77 rport 46154", "raddr 0.0.0.0 rport 9")
      .split("\r\n")
      .filter((line) => !line.includes("typ host"));
    expect(kept).toEqual(expected);
  });

  test("[C5] no description, however odd, shows an address; what is left is stable, and its relays stand", () => {
    fc.assert(
      fc.property(description, (sdp) => {
        const once = sdpOf(relayOnly(offer(sdp)));
        expect(leaksOf(once)).toEqual([]);
        expect(sdpOf(relayOnly(offer(once)))).toBe(once);
      }),
      { numRuns: 3_000 },
    );
    fc.assert(
      fc.property(fc.array(allowed, { minLength: 1, maxLength: 4 }), (candidates) => {
        const kept = sdpOf(relayOnly(offer(offerOf("10.7.7.7", candidates))));
        expect(kept.match(/typ relay/g)).toHaveLength(candidates.length);
      }),
    );
  });

  test("[C5] no candidate but a relay's passes, and that without what is behind it", () => {
    fc.assert(
      fc.property(forbidden, (one) => {
        expect(relayOnly(trickle(one))).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(allowed, (one) => {
        const text = JSON.stringify(relayOnly(trickle(one)));
        expect(leaksOf(text)).toEqual([]);
        expect(relays.some((relay) => text.includes(relay))).toBe(true);
      }),
    );
    for (const end of [{ candidate: null }, trickle("")]) expect(relayOnly(end)).toEqual(end);
    const fields = { candidate: relayed("198.51.100.4", "10.7.7.7"), usernameFragment: "10.7.7.7" };
    expect(relayOnly({ candidate: fields })).toBeUndefined();
  });

  test("[C5] the checker catches what a filter by pattern lets through", () => {
    const naive = (sdp: string) =>
      sdp
        .split("\r\n")
        .filter((line) => !/^a=candidate:.* typ (host|srflx|prflx)/.test(line))
        .map((line) =>
          line
            .replace(/raddr \S+ rport \d+/, "raddr 0.0.0.0 rport 9")
            .replace(/^(c=|a=rtcp:\d+ )IN IP4 .*/, "$1IN IP4 0.0.0.0"),
        )
        .join("\r\n");
    const { failed, numRuns } = fc.check(fc.property(description, (sdp) => expect(leaksOf(naive(sdp))).toEqual([])));
    expect(failed).toBe(true);
    expect(numRuns).toBeLessThan(20);
  });
});

describe("over the sockets", () => {
  let open: Cluster;
  let strict: Cluster;
  beforeAll(async () => {
    [open, strict] = await Promise.all([startCluster(2), startCluster(1, { RELAY_ONLY: "true" })]);
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await strict[Symbol.asyncDispose]();
  });

  const direct = "candidate:1 1 udp 2122260223 192.168.77.13 54609 typ host";
  const raw = offerOf("192.168.77.13", [direct]);
  const agree = (talkers: Talker[], callId: string) =>
    Promise.all(talkers.map((one) => one.raw("call:direct", { callId, allow: true })));

  /** Both ways everything a browser says; what each got, as text, once the last has come. */
  async function exchange(a: Talker, b: Talker, callId: string): Promise<string[]> {
    const from = [a, b].map((one) => one.all("call:signal").length);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const)
      for (const data of [
        offer(raw),
        trickle(direct),
        trickle(relayed("198.51.100.4", "10.7.7.7")),
        { candidate: null },
      ])
        await one.ask("call:signal", { callId, to: other.user.id, data });
    const ended = (one: Talker, n: number) =>
      one
        .all("call:signal")
        .slice(n)
        .some(({ data }) => "candidate" in data && data.candidate === null);
    return Promise.all(
      [a, b].map(async (one, i) => {
        while (!ended(one, from[i]!)) await one.next("call:signal");
        return one
          .all("call:signal")
          .slice(from[i])
          .map(({ data }) => ("description" in data ? data.description.sdp! : JSON.stringify(data)))
          .join("\r\n");
      }),
    );
  }

  test("[C5] until both agree no address passes, either way; then all do; taken back, none again", async () => {
    const [a, b, roomId] = await open.pair();
    const callId = await inCall(roomId, a, b);
    for (const got of await exchange(a, b, callId))
      expect([leaksOf(got), got.match(/typ relay/g)?.length]).toEqual([[], 1]);
    await agree([a], callId);
    for (const got of await exchange(a, b, callId)) expect(leaksOf(got)).toEqual([]);
    await agree([b], callId);
    await heardBy([a, b], "both agree", ({ participants }) => participants.every((one) => one.direct));
    for (const got of await exchange(a, b, callId)) {
      expect(got.match(/typ host/g)).toHaveLength(2);
      expect(got).toContain(raw);
    }
    await a.ask("call:direct", { callId, allow: false });
    for (const got of await exchange(a, b, callId)) expect(leaksOf(got)).toEqual([]);
  });

  test("[C5] consent is for one call, and the ack says what holds", async () => {
    const [a, b, roomId] = await open.pair();
    const callId = await inCall(roomId, a, b);
    await agree([a, b], callId);
    const reloaded = await open.connect(1, a.identity);
    expect((await reloaded.ask("call:accept", { callId })).relayOnly).toBe(false);
    await b.ask("call:hangup", { callId });
    const next = await inCall(roomId, reloaded, b);
    for (const got of await exchange(reloaded, b, next)) expect(leaksOf(got)).toEqual([]);
    const third = await open.connect(0, b.identity);
    expect((await third.ask("call:accept", { callId: next })).relayOnly).toBe(true);
  });

  test("[C5] where the operator says so, no consent lifts it", async () => {
    const [a, b, roomId] = await strict.pair(0, 0);
    const callId = await inCall(roomId, a, b);
    const codes = (await agree([a, b], callId)).map((ack) => ack.ok || ack.error.code);
    expect(codes).toEqual(["forbidden", "forbidden"]);
    // Nor one that was given while the setting was another.
    const kept = JSON.parse((await strict.redis.get(`call:${callId}`))!) as { people: { direct: boolean }[] };
    for (const one of kept.people) one.direct = true;
    await strict.redis.set(`call:${callId}`, JSON.stringify(kept), "KEEPTTL");
    for (const got of await exchange(a, b, callId)) expect(leaksOf(got)).toEqual([]);
  });
});
