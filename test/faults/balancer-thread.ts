/** The thread of all balancers of a process: takes connections and passes bytes, whatever its process is busy with. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { type MessagePort, workerData } from "node:worker_threads";
import type { Breaks } from "./balancer.ts";
import { random } from "./random.ts";

interface Link {
  client: Socket;
  server: Socket;
  /** Neither side hears anything of the other ever again, nor of the other's end. */
  stranded: boolean;
}

async function start(): Promise<Breaks & { port(): number; close(): Promise<unknown> }> {
  let targets: readonly number[] = [];
  const links = new Set<Link>();
  const hole = { toClient: false, toServer: false };
  let deadly: string | undefined;
  let heldFrom: string | undefined;
  let held: (() => void) | undefined;
  let delayMs = 0;
  let stalled = false;
  let accepting = true;
  let turn = 0;

  function relay(link: Link, from: Socket, to: Socket, direction: keyof typeof hole): void {
    const late: { chunk: Buffer; dueAt: number }[] = [];
    function release(): void {
      while (late[0] && late[0].dueAt <= performance.now()) to.write(late.shift()!.chunk);
      if (late[0]) setTimeout(release, late[0].dueAt - performance.now() + 1);
    }
    from.on("data", (chunk) => {
      if (hole[direction] || link.stranded) return;
      if (deadly !== undefined && direction === "toClient" && chunk.includes(deadly)) {
        deadly = undefined;
        link.stranded = true;
      }
      if (heldFrom !== undefined && direction === "toClient" && chunk.includes(heldFrom)) {
        heldFrom = undefined;
        from.pause();
        held = () => {
          to.write(chunk);
          from.resume();
        };
        return;
      }
      if (delayMs > 0 || late.length > 0) {
        // Behind what is late already: bytes keep their order whatever becomes of the delay.
        const dueAt = Math.max(late.at(-1)?.dueAt ?? 0, performance.now() + delayMs);
        if (late.push({ chunk, dueAt }) === 1) release();
      } else if (!to.write(chunk)) {
        from.pause();
        to.once("drain", () => stalled || from.resume());
      }
    });
  }

  const flow = ({ client, server }: Link) => {
    for (const socket of [client, server])
      if (stalled) socket.pause();
      else socket.resume();
  };

  function end({ client, server }: Link): void {
    client.destroy();
    server.destroy();
  }

  /** @param nth the target to try, in their order; the next ones follow where it refuses */
  function dial(client: Socket, nth: number, tries: number): void {
    const port = targets[nth % Math.max(1, targets.length)];
    if (port === undefined || tries <= 0) return void client.destroy();
    const server = connect({ port, host: "127.0.0.1", noDelay: true });
    server.once("connect", () => {
      const link = { client, server, stranded: false };
      links.add(link);
      relay(link, client, server, "toServer");
      relay(link, server, client, "toClient");
      const close = () => {
        if (link.stranded) return;
        links.delete(link);
        end(link);
      };
      for (const socket of [client, server]) socket.on("close", close).on("error", close);
      flow(link);
    });
    server.once("error", () => {
      if (client.readyState === "open" && server.bytesRead === 0) dial(client, nth + 1, tries - 1);
    });
  }

  const server = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    client.on("error", () => client.destroy());
    if (accepting) dial(client, turn++, 2 * targets.length);
    else client.destroy();
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, resolve));

  return {
    port: () => (server.address() as AddressInfo).port,
    aim(ports) {
      targets = ports;
    },
    cut(share) {
      const chosen = [...links].filter(() => random() < share);
      for (const link of chosen) end(link);
      return chosen.length;
    },
    blackHole(direction, on) {
      hole[direction] = on;
    },
    stall(on) {
      stalled = on;
      for (const link of links) flow(link);
    },
    strand() {
      for (const link of links) link.stranded = true;
      return links.size;
    },
    strandAfter(bytes) {
      deadly = bytes;
    },
    holdFrom(bytes) {
      heldFrom = bytes;
    },
    holds: () => held !== undefined,
    letGo() {
      held?.();
      held = undefined;
    },
    delay(ms) {
      delayMs = ms;
    },
    accept(on) {
      accepting = on;
    },
    links: () => links.size,
    close() {
      for (const link of links) end(link);
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

type Does = Awaited<ReturnType<typeof start>>;

/** What the process asks of a balancer, by its number; it waits for the answer. */
export interface Asked {
  balancer: number;
  does: keyof Does;
  args: unknown[];
}

const { port, answered } = workerData as { port: MessagePort; answered: Int32Array };
const balancers: Does[] = [];

async function answer({ balancer, does, args }: Asked): Promise<void> {
  balancers[balancer] ??= await start();
  port.postMessage(await (balancers[balancer][does] as (...args: unknown[]) => unknown)(...args));
  Atomics.store(answered, 0, 1);
  Atomics.notify(answered, 0);
}
port.on("message", (asked: Asked) => void answer(asked));
