/** The client's end: whatever is under way, nothing of it outlives `destroy`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { apiOf } from "./support/groups.ts";
import { startCluster } from "./support/nodes.ts";
import { promised, until } from "./support/until.ts";

const script = fileURLToPath(new URL("support/client-ends.ts", import.meta.url));
const urlOf = (address: unknown) => `http://127.0.0.1:${(address as AddressInfo).port}`;

test("[P1] destroyed in the middle of its start or its search, a client leaves no socket, no timer and no question behind", async () => {
  await using cluster = await startCluster(1);
  const mute = createServer(() => {}).listen(0, "127.0.0.1");
  const hung = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  hung.on("connection", (socket) => socket.pause()); // it will not even answer a goodbye
  await Promise.all([once(mute, "listening"), once(hung, "listening")]);
  await using api = await apiOf(cluster, { SOCKET_URL: `http://127.0.0.1:${cluster.nodes[0]!.port}` });
  await using toHung = await apiOf(cluster, { SOCKET_URL: urlOf(hung.address()) });
  const child = spawn(process.execPath, ["--import", "tsx", script, api.url, urlOf(mute.address()), toHung.url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until("all are destroyed", () => said.endsWith("\n") || child.exitCode !== null);
    const from = Date.now();
    await until("the process ends by itself", () => child.exitCode !== null, promised(3_000));
    console.log(JSON.stringify({ what: "clients destroyed", processEndedMs: Date.now() - from }));
    const closed = "session-ended";
    expect([child.exitCode, JSON.parse(said)]).toEqual([
      0,
      {
        "asking for a guest": [closed],
        "a server that does not answer": [closed],
        connecting: [closed],
        "a node that accepts and says nothing": [closed],
        "searching without a connection": [closed, closed],
        "in the queue": ["idle"],
      },
    ]);
    await until("the node has let go of them", () => cluster.nodes[0]!.context.io.of("/").sockets.size === 0);
  } finally {
    child.kill("SIGKILL");
    mute.close();
    hung.close();
    for (const socket of hung.clients) socket.terminate();
  }
});
