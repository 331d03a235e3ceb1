/** The relay that media goes through: who may use it, and what it must never reach. A real coturn with the settings of the repository. */
import { createHmac } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPackage } from "../local/programs.ts";
import { findTurnServer, hardenedSettings, type LocalTurn, onLoopback, startTurn } from "../local/turn.ts";
import { loadConfig } from "../shared/config.ts";
import { createIceServers } from "../shared/turn.ts";
import { type Credentials, TurnClient } from "./support/turn-client.ts";

const secret = "a secret of the relay and of nobody else";
const guest = "usr_aaaaaaaaaaaaaaaaaaaaaa";
const issue = (env: Record<string, string> = {}, userId = guest) =>
  createIceServers(loadConfig({ TURN_URLS: "turn:127.0.0.1:3478", TURN_SECRET: secret, ...env }))(userId);
const credentials = (env?: Record<string, string>, userId?: string) => issue(env, userId).iceServers[0] as Credentials;

let hardened: LocalTurn;
let loopback: LocalTurn;
/** As it would be without the lines for IPv4 in IPv6. */
let unmapped: LocalTurn;
beforeAll(async () => {
  if (!findTurnServer())
    installPackage("coturn", "No coturn was found: apt-get install -y --no-install-recommends coturn");
  const start = (settings: string[], hardened = hardenedSettings()) =>
    startTurn({ secret, addresses: ["127.0.0.1", "::1"], settings, hardened });
  [hardened, loopback, unmapped] = await Promise.all([
    start([]),
    start(onLoopback),
    start([], hardenedSettings().replaceAll(/^denied-peer-ip=(64:|::).*\n/gm, "")),
  ]);
}, 120_000);
afterAll(async () => {
  await Promise.all([hardened, loopback, unmapped].map((turn) => turn?.[Symbol.asyncDispose]()));
});

describe("credentials", () => {
  const tryWith = async (given: Credentials) => {
    await using client = new TurnClient("127.0.0.1", hardened.port, given);
    return await client.allocate();
  };

  test("[C6] those of a guest open a relay; wrong, another's, tampered and expired ones do not", async () => {
    const good = credentials();
    expect(await tryWith(good)).toBe(0);
    expect(await tryWith({ ...good, credential: "wrong" })).toBe(401);
    expect(await tryWith({ ...good, credential: credentials({}, "usr_bbbbbbbbbbbbbbbbbbbbbb").credential })).toBe(401);
    expect(await tryWith(credentials({ TURN_SECRET: "another secret" }))).toBe(401);
    const [expiry, name] = good.username.split(":") as [string, string];
    expect(await tryWith({ ...good, username: `${Number(expiry) + 1}:${name}` })).toBe(401);
    expect(await tryWith({ username: name, credential: "" })).toBe(401);
    const signed = (username: string) => ({
      username,
      credential: createHmac("sha1", secret).update(username).digest("base64"),
    });
    expect(await tryWith(signed(good.username))).toBe(0);
    expect(await tryWith(signed(`${Math.floor(Date.now() / 1000) - 1}:${name}`))).toBe(401);
  });

  test("[C6] they are one guest's own, name nobody, and are good for ten minutes at most", () => {
    const { iceServers, expiresAt } = issue({ STUN_URLS: "stun:127.0.0.1:3478" });
    expect(iceServers).toMatchObject([{ urls: ["stun:127.0.0.1:3478"] }, { urls: ["turn:127.0.0.1:3478"] }]);
    const { username } = iceServers[1] as Credentials;
    expect(username).not.toContain(guest);
    expect(username.split(":")[1]).not.toBe(credentials({}, "usr_bbbbbbbbbbbbbbbbbbbbbb").username.split(":")[1]);
    expect(Number(username.split(":")[0]) * 1000).toBe(Date.parse(expiresAt));
    const leftMs = Date.parse(expiresAt) - Date.now();
    expect(leftMs).toBeGreaterThan(9 * 60_000);
    expect(leftMs).toBeLessThanOrEqual(10 * 60_000);
    expect(createIceServers(loadConfig({}))(guest).iceServers).toEqual([]);
  });
});

/** One address of each refused range, and its ends where a range is easily one too short. */
const four =
  `0.0.0.0 0.0.0.1 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
  192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255`.split(
    /\s+/,
  );
const mapped = [
  ...four.map((address) => `::ffff:${address}`),
  "64:ff9b::7f00:1",
  "64:ff9b::10.0.0.1",
  "64:ff9b:1::a00:1",
  "::127.0.0.1",
  "::10.0.0.1",
  "::ffff:8.8.8.8",
];
const six =
  `:: ::1 ::2 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 2002:7f00:1::1 2002:a00:1::1 fc00::1 fd12:3456::1 fdff:ffff::1 fe80::1
  febf::1 fec0::1 ff02::1 ff0e::1`.split(/\s+/);
const public4 = [
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "223.255.255.255",
];
const public6 = ["2606:4700::1111", "2a00:1450::1", "2400:cb00::1"];

async function verdicts(turn: LocalTurn, family: 4 | 6, addresses: string[]): Promise<Record<string, number[]>> {
  await using client = new TurnClient(family === 4 ? "127.0.0.1" : "::1", turn.port, credentials());
  expect(await client.allocate(family)).toBe(0);
  const found: Record<string, number[]> = {};
  let channel = 0x4000;
  for (const address of addresses)
    found[address] = [await client.permit(address), await client.bind(channel++, address, 53)];
  return found;
}
const all = (addresses: string[], code: number) =>
  Object.fromEntries(addresses.map((address) => [address, [code, code]]));

describe("peers", () => {
  test("[C5] no private, loopback, link-local, reserved or multicast peer is reached over IPv4; public ones are", async () => {
    expect(await verdicts(hardened, 4, four)).toEqual(all(four, 403));
    expect(await verdicts(hardened, 4, public4)).toEqual(all(public4, 0));
  });

  test("[C5] nor over IPv6, nor any IPv4 address in IPv6's clothes", async () => {
    expect(await verdicts(hardened, 6, six)).toEqual(all(six, 403));
    expect(await verdicts(hardened, 6, mapped)).toEqual(all(mapped, 403));
    expect(await verdicts(hardened, 6, public6)).toEqual(all(public6, 0));
  });

  test("[C5] without their lines the mapped ones would be reached: the check can fail", async () => {
    const found = Object.values(await verdicts(unmapped, 6, mapped));
    expect(found.filter(([permit]) => permit === 0).length).toBeGreaterThan(10);
  });

  test("[C5] what is sent without leave arrives nowhere; on one machine two relays reach each other, and no other address", async () => {
    const service = createSocket("udp4");
    service.bind(0, "127.0.0.1");
    await once(service, "listening");
    const { port } = service.address();
    const got: string[] = [];
    service.on("message", (data) => got.push(data.toString()));

    await using sneaky = new TurnClient("127.0.0.1", hardened.port, credentials());
    await sneaky.allocate();
    await sneaky.permit("127.0.0.1", port);
    for (const address of ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"]) sneaky.send(address, port, "let me in");

    await using a = new TurnClient("127.0.0.1", loopback.port, credentials());
    await using b = new TurnClient("127.0.0.1", loopback.port, credentials({}, "usr_bbbbbbbbbbbbbbbbbbbbbb"));
    expect([await a.allocate(), await b.allocate()]).toEqual([0, 0]);
    expect([await a.permit("127.0.0.1"), await b.permit("127.0.0.1")]).toEqual([0, 0]);
    const heard = b.received();
    a.send("127.0.0.1", b.relayedPort, "hello");
    expect(await heard).toBe("hello"); // and by now whatever was on its way to the service has come
    expect(got).toEqual([]);
    const others = four.filter((address) => address !== "127.0.0.1");
    expect(await verdicts(loopback, 4, others)).toEqual(all(others, 403));
    expect(await verdicts(loopback, 6, [...six, ...mapped])).toEqual(all([...six, ...mapped], 403));
    service.close();
  });

  test("[C5] behind a public address two relays reach each other once their own is allowed, and nothing else is", async () => {
    const settings = ["external-ip=8.8.4.4/127.0.0.1"];
    await using shut = await startTurn({ secret, addresses: ["127.0.0.1"], settings });
    expect(await verdicts(shut, 4, ["8.8.4.4"])).toEqual(all(["8.8.4.4"], 403)); // taken for 127.0.0.1, which it is
    await using open = await startTurn({ secret, addresses: ["127.0.0.1"], settings: [...settings, ...onLoopback] });
    expect(await verdicts(open, 4, ["8.8.4.4"])).toEqual(all(["8.8.4.4"], 0));
    const others = four.filter((address) => address !== "127.0.0.1");
    expect(await verdicts(open, 4, others)).toEqual(all(others, 403));
  });
});
