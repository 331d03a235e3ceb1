/** The peer: bare Socket.IO doing the same work with none of our promises. `node --import tsx peer.ts bare|adapter|recovery` */
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const [mode, port, redisUrl] = process.argv.slice(2) as [string, string, string];
const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  serveClient: false,
  ...(mode !== "bare" && { adapter: createAdapter(new Redis(redisUrl), { onlyPlaintext: true }) }),
  ...(mode === "recovery" && { connectionStateRecovery: {} }),
});
io.on("connection", (socket) => {
  const { room } = socket.handshake.auth as { room?: string };
  if (room) void socket.join(room);
  socket.on("message:send", (draft: { text: string; clientMessageId: string }, ack: (answer: unknown) => void) => {
    const message = { ...draft, id: draft.clientMessageId, sentAt: new Date().toISOString() };
    socket.to(room!).emit("message:sent", { message });
    ack({ ok: true, data: { message } });
  });
});
http.listen({ port: Number(port), backlog: 4096 }, () => process.send?.("ready"));
process.on("disconnect", () => process.exit(0));
