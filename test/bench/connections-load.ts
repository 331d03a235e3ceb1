/** Connects guests, some at a time, and holds them. */
import { serveJobs } from "./jobs.ts";
import { type Many, connectMany } from "./wire.ts";

async function hold(many: Many) {
  const from = performance.now();
  const { clients, refused } = await connectMany(many);
  return { perSecond: Math.round((clients.length * 1000) / (performance.now() - from)), refused };
}

serveJobs({ hold });
