/** The peers: bare Socket.IO doing the same work with none of our promises. `peer.js MODE port redisUrl`, settings as ours in the environment */
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";
import { loadConfig } from "../../shared/config.ts";
import { createTokens } from "../../shared/tokens.ts";
import { listOf } from "./list.ts";
import { warmUp } from "../../socket-tier/warm-up.ts";

export type Mode = "bare" | "adapter" | "recovery" | "token" | "list";

const [mode, port, redisUrl] = process.argv.slice(2) as [Mode, string, string];
const clustered = mode === "adapter" || mode === "recovery" || mode === "list";
const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  serveClient: false,
  ...(clustered && { adapter: createAdapter(new Redis(redisUrl), { onlyPlaintext: true }) }),
  ...(mode === "recovery" && { connectionStateRecovery: {} }),
});

if (mode === "token") {
  const redis = new Redis(redisUrl);
  const tokens = createTokens(loadConfig().secrets.jwtKeys);
  async function known(token?: string) {
    const id = tokens.verify(token);
    return { id, ...(await redis.hgetall(`user:${id}`)) };
  }
  io.use((socket, next) => {
    const keep = (user: object) => next(void (socket.data = user));
    known((socket.handshake.auth as { token?: string }).token).then(keep, next);
  });
  io.on("connection", (socket) => socket.emit("session:welcome", { user: socket.data as object }));
}

if (mode === "list") {
  const queue = listOf(redisUrl);
  io.on("connection", (socket) =>
    socket.on("match:join", async (_wishes: unknown, ack: (answer: unknown) => void) => {
      const other = await queue.take(socket.id);
      if (other) io.to([socket.id, other]).emit("match:found", { room: { id: `${socket.id} ${other}` } });
      ack({ ok: true });
    }),
  );
}

io.on("connection", (socket) => {
  const { room } = socket.handshake.auth as { room?: string };
  if (room) void socket.join(room);
  socket.on("message:send", (draft: { text: string; clientMessageId: string }, ack: (answer: unknown) => void) => {
    const message = { ...draft, id: draft.clientMessageId, sentAt: new Date().toISOString() };
    socket.to(room!).emit("message:sent", { message });
    ack({ ok: true, data: { message } });
  });
});
process.on("disconnect", () => process.exit(0));
await new Promise<void>((resolve) => http.listen({ port: Number(port), backlog: 4096 }, resolve));
// Until it has read an entry the adapter may miss some; ours waits for that too.
if (clustered) await warmUp({ io, state: "starting" } as never);
process.send?.("ready");
