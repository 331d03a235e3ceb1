/** A TURN client of our own, as much of RFC 8489 and 8656 as an attacker needs: allocate, ask for leave to reach a peer, send. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv4 } from "node:net";

const MAGIC = 0x2112a442;
const METHODS = { allocate: 3, permit: 8, bind: 9 } as const;
const ATTRIBUTES = {
  username: 0x06,
  integrity: 0x08,
  error: 0x09,
  channel: 0x0c,
  peer: 0x12,
  data: 0x13,
  realm: 0x14,
  nonce: 0x15,
  relayed: 0x16,
  family: 0x17,
  transport: 0x19,
} as const;

type Name = keyof typeof ATTRIBUTES;
type Attributes = Partial<Record<Name, Buffer>>;

export interface Credentials {
  username: string;
  credential: string;
}

function pack(type: number, id: Buffer, attributes: [number, Buffer][]): Buffer {
  const body = attributes.flatMap(([name, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(name, 0);
    head.writeUInt16BE(value.length, 2);
    return [head, value, Buffer.alloc((4 - (value.length % 4)) % 4)];
  });
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(
    body.reduce((sum, part) => sum + part.length, 0),
    2,
  );
  head.writeUInt32BE(MAGIC, 4);
  return Buffer.concat([head, id, ...body]);
}

function unpack(message: Buffer): { type: number; attributes: Attributes } {
  const attributes: Attributes = {};
  for (let at = 20; at + 4 <= message.length;) {
    const [name, length] = [message.readUInt16BE(at), message.readUInt16BE(at + 2)];
    const found = Object.entries(ATTRIBUTES).find(([, number]) => number === name);
    if (found) attributes[found[0] as Name] = message.subarray(at + 4, at + 4 + length);
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return { type: message.readUInt16BE(0), attributes };
}

/** Sixteen bytes, from any spelling that URL understands. */
function ipv6Bytes(address: string): Buffer {
  const full = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [before = "", after = ""] = full.split("::");
  const [head, tail] = [before, after].map((half) => half.split(":").filter(Boolean)) as [string[], string[]];
  const groups = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => "0"), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** XOR-PEER-ADDRESS. */
function xored(address: string, port: number, id: Buffer): Buffer {
  const four = isIPv4(address);
  const bytes = four ? Buffer.from(address.split(".").map(Number)) : ipv6Bytes(address);
  const mask = Buffer.concat([Buffer.from([0x21, 0x12, 0xa4, 0x42]), id]);
  const head = Buffer.from([0, four ? 1 : 2, 0, 0]);
  head.writeUInt16BE(port ^ (MAGIC >>> 16), 2);
  return Buffer.concat([head, bytes.map((byte, i) => byte ^ mask[i]!)]);
}

export class TurnClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #server: { address: string; port: number };
  readonly #credentials: Credentials;
  #realm = Buffer.alloc(0);
  #nonce = Buffer.alloc(0);
  /** Where peers reach us. */
  relayedPort = 0;

  constructor(address: string, port: number, credentials: Credentials) {
    this.#server = { address, port };
    this.#credentials = credentials;
    this.#socket = createSocket(isIPv4(address) ? "udp4" : "udp6");
  }

  /** @returns 0, or the error's code */
  async #request(method: keyof typeof METHODS, make: (id: Buffer) => [number, Buffer][]): Promise<number> {
    const { username, credential } = this.#credentials;
    for (let attempt = 0; ; attempt++) {
      const id = randomBytes(12);
      const signed: [number, Buffer][] = [
        ...make(id),
        [ATTRIBUTES.username, Buffer.from(username)],
        [ATTRIBUTES.realm, this.#realm],
        [ATTRIBUTES.nonce, this.#nonce],
      ];
      const key = createHash("md5").update(`${username}:${this.#realm.toString()}:${credential}`).digest();
      // The length that is signed counts the signature.
      const unsigned = pack(METHODS[method], id, [...signed, [ATTRIBUTES.integrity, Buffer.alloc(20)]]).subarray(
        0,
        -24,
      );
      const mac = createHmac("sha1", key).update(unsigned).digest();
      const { type, attributes } = await this.#ask(
        this.#nonce.length === 0
          ? pack(METHODS[method], id, make(id))
          : pack(METHODS[method], id, [...signed, [ATTRIBUTES.integrity, mac]]),
        id,
      );
      if (attributes.relayed) this.relayedPort = attributes.relayed.readUInt16BE(2) ^ (MAGIC >>> 16);
      if ((type & 0x110) === 0x100) return 0;
      const code = attributes.error![2]! * 100 + attributes.error![3]!;
      if (attempt > 0 || !attributes.nonce) return code;
      this.#nonce = Buffer.from(attributes.nonce);
      this.#realm = Buffer.from(attributes.realm ?? this.#realm);
    }
  }

  async #ask(message: Buffer, id: Buffer) {
    for (let tries = 0; tries < 20; tries++) {
      this.#socket.send(message, this.#server.port, this.#server.address);
      const answer = once(this.#socket, "message", { signal: AbortSignal.timeout(500) }) as Promise<[Buffer]>;
      const [got] = await answer.catch(() => [Buffer.alloc(0)]);
      if (got.subarray(8, 20).equals(id)) return unpack(got);
    }
    throw new Error("the TURN server does not answer");
  }

  /** @param family of the addresses it is to relay to */
  allocate(family: 4 | 6 = 4): Promise<number> {
    return this.#request("allocate", () => [
      [ATTRIBUTES.transport, Buffer.from([17, 0, 0, 0])],
      [ATTRIBUTES.family, Buffer.from([family === 4 ? 1 : 2, 0, 0, 0])],
    ]);
  }

  permit(address: string, port = 9): Promise<number> {
    return this.#request("permit", (id) => [[ATTRIBUTES.peer, xored(address, port, id)]]);
  }

  bind(channel: number, address: string, port: number): Promise<number> {
    const number = Buffer.from([channel >> 8, channel & 255, 0, 0]);
    return this.#request("bind", (id) => [
      [ATTRIBUTES.channel, number],
      [ATTRIBUTES.peer, xored(address, port, id)],
    ]);
  }

  /** A Send indication: never answered. */
  send(address: string, port: number, data: string): void {
    const id = randomBytes(12);
    const parts: [number, Buffer][] = [
      [ATTRIBUTES.peer, xored(address, port, id)],
      [ATTRIBUTES.data, Buffer.from(data)],
    ];
    this.#socket.send(pack(0x16, id, parts), this.#server.port, this.#server.address);
  }

  /** The next that a peer sent us. */
  async received(): Promise<string> {
    for (;;) {
      const [message] = (await once(this.#socket, "message", { signal: AbortSignal.timeout(10_000) })) as [Buffer];
      const { type, attributes } = unpack(message);
      if (type === 0x17) return attributes.data!.toString();
    }
  }

  async [Symbol.asyncDispose]() {
    this.#socket.close();
    await once(this.#socket, "close");
  }
}
