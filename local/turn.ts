/** A TURN server beside us: coturn with the hardened settings of turnserver.conf and what is this machine's own. */
import { createSocket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "./child.ts";
import { freePort } from "./port.ts";
import { findProgram } from "./programs.ts";

export interface LocalTurn extends AsyncDisposable {
  /** For TURN_URLS. */
  urls: string[];
  port: number;
}

export interface TurnOptions {
  /** TURN_SECRET. */
  secret: string;
  /** Where it listens and relays. */
  addresses: string[];
  /** Settings that are added to, or stand before, those of the file. */
  settings?: string[];
  /** The hardened settings; those of the repository. */
  hardened?: string;
}

const START_MS = 15_000;
const STOP_MS = 2_000;
/** RFC 8489: a Binding request, type, no attributes, magic cookie; the transaction's id is twelve more bytes. */
const BINDING = Buffer.from("000100002112a442706173736572627970617373", "hex");

export const findTurnServer = () => findProgram("turnserver");
export const hardenedSettings = () => readFileSync(new URL("turnserver.conf", import.meta.url), "utf8");

/**
 * On one machine guests' relays are all on its loopback, so that alone is let through. It listens there only:
 * whoever reaches it could reach what is behind it without it.
 */
export const onLoopback = ["allow-loopback-peers", "allowed-peer-ip=127.0.0.1"];

/** Any answer will do: it is there. */
function answers(address: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const end = (there: boolean) => {
      clearTimeout(timer);
      socket.close();
      done(there);
    };
    const timer = setTimeout(() => end(false), 100);
    socket.once("message", () => end(true)).once("error", () => end(false));
    socket.send(BINDING, port, address);
  });
}

/** @throws Error with one line for the operator */
export async function startTurn({ secret, addresses, settings = [], hardened }: TurnOptions): Promise<LocalTurn> {
  const server = findTurnServer();
  if (!server) throw new Error("No coturn was found: install coturn");
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), "passerby-turn-"));
  const file = join(dir, "turnserver.conf");
  const own = [
    ...addresses.flatMap((address) => [`listening-ip=${address}`, `relay-ip=${address}`]),
    `listening-port=${port}`,
    "realm=passerby",
    `static-auth-secret=${secret}`,
    `pidfile=${join(dir, "turnserver.pid")}`,
    "no-tls",
    "no-dtls",
    ...settings,
  ];
  // Not on the command line, where everybody on the machine could read the secret.
  writeFileSync(file, `${own.join("\n")}\n${hardened ?? hardenedSettings()}`, { mode: 0o600 });
  const child = runChild([server, "-c", file], { name: "coturn", cwd: dir, output: "pipe" });
  for (const stream of [child.process.stdout, child.process.stderr]) stream?.resume();
  for (const deadline = Date.now() + START_MS; !(await answers(addresses[0]!, port));) {
    if (!child.ended() && Date.now() < deadline) continue;
    await child.stop(STOP_MS);
    throw new Error(`coturn did not start with ${file}`); // which is left to be looked at
  }
  const host = addresses[0]!.includes(":") ? `[${addresses[0]}]` : addresses[0];
  return {
    urls: ["udp", "tcp"].map((transport) => `turn:${host}:${port}?transport=${transport}`),
    port,
    async [Symbol.asyncDispose]() {
      await child.stop(STOP_MS);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** How calls connect on this machine: as TURN_URLS says, through a coturn of our own where there is one, else between the guests themselves. */
export async function offerTurn(env: NodeJS.ProcessEnv): Promise<AsyncDisposable & { way: string }> {
  const nothing = { [Symbol.asyncDispose]: async () => undefined };
  if (env["TURN_URLS"]) return { way: `through ${env["TURN_URLS"]}`, ...nothing };
  const direct = "between the guests, once both agree to show their addresses";
  if (!findTurnServer()) return { way: `${direct} (with coturn installed: relayed)`, ...nothing };
  const secret = randomBytes(32).toString("base64url");
  try {
    const turn = await startTurn({ secret, addresses: ["127.0.0.1"], settings: onLoopback });
    env["TURN_URLS"] = turn.urls.join(",");
    env["TURN_SECRET"] = secret;
    return {
      way: `relayed by coturn on 127.0.0.1:${turn.port}`,
      [Symbol.asyncDispose]: () => turn[Symbol.asyncDispose](),
    };
  } catch (error) {
    return { way: `${direct} (${String(error)})`, ...nothing };
  }
}
