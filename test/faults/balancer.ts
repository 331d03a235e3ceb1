/** A TCP balancer between guests and nodes (or nodes and Redis) that can delay, cut and black-hole. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

interface Link {
  client: Socket;
  server: Socket;
}

export interface Balancer extends AsyncDisposable {
  port: number;
  /** Cuts this share (0 to 1) of the live links. @returns how many */
  cut(share: number): number;
  /** Bytes towards the client (or the server) vanish while on; the links stay up. */
  blackHole(direction: "toClient" | "toServer", on: boolean): void;
  /** Each chunk waits this long, either way. */
  delay(ms: number): void;
  /** New links are refused while off. */
  accept(on: boolean): void;
  links(): number;
}

/** @param targets ports of 127.0.0.1, taken in turn; one that refuses is passed over */
export async function startBalancer(targets: () => number[]): Promise<Balancer> {
  const links = new Set<Link>();
  const hole = { toClient: false, toServer: false };
  let delayMs = 0;
  let accepting = true;
  let turn = 0;

  function relay(from: Socket, to: Socket, direction: keyof typeof hole): void {
    from.on("data", (chunk) => {
      if (hole[direction]) return;
      if (delayMs > 0) setTimeout(() => to.writable && to.write(chunk), delayMs);
      else if (!to.write(chunk)) {
        from.pause();
        to.once("drain", () => from.resume());
      }
    });
  }

  function dial(client: Socket, tries: number): void {
    const ports = targets();
    const port = ports[turn++ % Math.max(1, ports.length)];
    if (port === undefined || tries <= 0) return void client.destroy();
    const server = connect({ port, host: "127.0.0.1", noDelay: true });
    server.once("connect", () => {
      const link = { client, server };
      links.add(link);
      relay(client, server, "toServer");
      relay(server, client, "toClient");
      const close = () => {
        links.delete(link);
        client.destroy();
        server.destroy();
      };
      for (const socket of [client, server]) socket.on("close", close).on("error", close);
      client.resume();
    });
    server.once("error", () => {
      if (!links.has({ client, server }) && server.connecting) dial(client, tries - 1);
      else if (client.readyState === "open" && server.bytesRead === 0) dial(client, tries - 1);
    });
  }

  const server = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    client.on("error", () => client.destroy());
    if (accepting) dial(client, 2 * targets().length);
    else client.destroy();
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, resolve));

  return {
    port: (server.address() as AddressInfo).port,
    cut(share) {
      const chosen = [...links].filter(() => Math.random() < share);
      for (const { client, server } of chosen) {
        client.destroy();
        server.destroy();
      }
      return chosen.length;
    },
    blackHole(direction, on) {
      hole[direction] = on;
    },
    delay(ms) {
      delayMs = ms;
    },
    accept(on) {
      accepting = on;
    },
    links: () => links.size,
    async [Symbol.asyncDispose]() {
      for (const { client, server } of links) {
        client.destroy();
        server.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
