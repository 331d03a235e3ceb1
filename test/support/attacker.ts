/** Clients that keep to no rules: raw bytes for a node's port, tokens that nobody issued, frames at random. */
import { createHmac, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { requests } from "../../shared/protocol/index.ts";
import { until } from "./nodes.ts";

export interface Frame {
  data: string | Buffer;
  opcode?: number;
  rsv?: number;
  fin?: boolean;
  masked?: boolean;
}

/** A websocket frame, correct unless told otherwise. */
function encode({ data, opcode = 1, rsv = 0, fin = true, masked = true }: Frame): Buffer {
  const body = Buffer.from(data);
  const length =
    body.length < 126
      ? [body.length]
      : body.length < 65_536
        ? [126, body.length >> 8, body.length & 255]
        : [127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (body.length >> shift) & 255)];
  length[0]! |= masked ? 128 : 0;
  const mask = masked ? randomBytes(4) : Buffer.alloc(0);
  if (masked) for (let i = 0; i < body.length; i++) body[i]! ^= mask[i & 3]!;
  return Buffer.concat([Buffer.from([(fin ? 128 : 0) | (rsv << 4) | opcode, ...length]), mask, body]);
}

/** One TCP connection that has asked for a websocket. */
export class Attacker {
  /** Text frames from the server. */
  readonly heard: string[] = [];
  /** Of the answer to the upgrade: 101 where it was granted. */
  status = 0;
  closed = false;
  pongs = 0;
  readonly #socket: Socket;
  #unread = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => (this.closed = true)).on("close", () => (this.closed = true));
  }

  /** Resolves once the upgrade was answered. */
  static async open(port: number, headers: Record<string, string> = {}, transport = "websocket"): Promise<Attacker> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const attacker = new Attacker(socket);
    const lines = Object.entries({
      Host: `127.0.0.1:${port}`,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET /socket.io/?EIO=4&transport=${transport} HTTP/1.1\r\n${lines.join("")}\r\n`);
    await until("the upgrade is answered", () => attacker.status > 0 || attacker.closed);
    return attacker;
  }

  /** Says who it is, as an honest client would; resolves once that was answered. */
  async login(token: string): Promise<void> {
    this.send({ data: `40${JSON.stringify({ token, protocol: 1 })}` });
    await until(
      "the login is answered",
      () => this.closed || this.heard.some((text) => /^44|session:welcome/.test(text)),
    );
  }

  send(...frames: Frame[]): void {
    if (!this.closed) this.#socket.write(Buffer.concat(frames.map(encode)));
  }

  raw(bytes: Buffer): void {
    if (!this.closed) this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    if (this.status === 0) {
      const end = this.#unread.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.status = Number(this.#unread.subarray(9, 12).toString());
      this.#unread = this.#unread.subarray(end + 4);
    }
    while (this.#unread.length >= 2) {
      const short = this.#unread[1]! & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (this.#unread.length < head) return;
      const length = short < 126 ? short : short === 126 ? this.#unread.readUInt16BE(2) : this.#unread.readUInt32BE(6);
      if (this.#unread.length < head + length) return;
      const opcode = this.#unread[0]! & 15;
      if (opcode === 8) this.closed = true; // the server waits for our closing frame, in vain
      if (opcode === 10) this.pongs += 1;
      if (opcode === 1) this.heard.push(this.#unread.subarray(head, head + length).toString());
      this.#unread = this.#unread.subarray(head + length);
    }
  }
}

/** A token of any header and claims, signed with that secret (none: an empty signature). */
export function forge(header: object, claims: object, secret?: string, hash = "sha256"): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${secret === undefined ? "" : createHmac(hash, secret).update(text).digest("base64url")}`;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const names = Object.keys(requests).concat(
  "error connect disconnect disconnecting newListener __proto__ constructor toString".split(" "),
  "",
);
const values = [
  "[".repeat(5_000) + "]".repeat(5_000),
  JSON.stringify("y".repeat(30_000)),
  ...String.raw`null true -1 1e400 "x" [] {} {"__proto__":{"polluted":1}} {"constructor":1} {"toString":1,"toJSON":1}
    {"roomId":"room_aaaaaaaaaaaaaaaa"} {"roomId":{"$gt":""}} "\u0000\ud800" {"_placeholder":true,"num":0}`.split(/\s+/),
];
/** Whole packets that no honest client sends. */
const packets = String.raw`0 0{} 1 2probe 3 4 5 6 9 4x 41 42 421 42{} 42[] 42[1] 42[null] 42[{}] 43 431 430[] 43[1] 44
  44{"message":"x"} 40 40{} 40null 40[] 40/, 40/evil,{} 42/ 42/evil,[] 42["x" 42["x",{] 4299999999999999999999["x"] 45 46 45-
  451e9-[] 450-[] 4599999999999-[] 4511-[] 451-["x"] 461-[{"_placeholder":true,"num":0}] `.split(/\s+/);

/** A frame at random: about half of them reach the listeners, the rest is for the parsers. */
export function randomFrame(random: () => number): Frame[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const name = JSON.stringify(pick(names));
  const id = random() < 0.5 ? Math.floor(random() * 1_000) : "";
  const payload = `[${name},${pick(values)}]`;
  const whole: Frame = { data: `42${id}${payload}` };
  switch (Math.floor(random() * 12)) {
    case 0:
      return [{ data: pick(packets) }];
    case 1:
      return [{ data: `42${id}${payload.slice(0, Math.floor(random() * payload.length))}` }];
    case 2:
      return [{ data: `451-${id}[${name},{"_placeholder":true,"num":${pick([0, 1, -1, 1e9])}}]` }, binary(random)];
    case 3:
      return [{ data: `452-[${name},{"_placeholder":true,"num":0}]` }, binary(random)]; // the second never comes
    case 4:
      return [binary(random)];
    case 5:
      return [{ ...whole, rsv: 1 + Math.floor(random() * 7) }];
    case 6:
      return [{ ...whole, opcode: pick([0, 3, 7, 8, 9, 10, 11, 15]), fin: random() < 0.5, masked: random() < 0.5 }];
    default:
      return [whole];
  }
}

const binary = (random: () => number): Frame => ({ data: randomBytes(Math.floor(random() * 200)), opcode: 2 });
