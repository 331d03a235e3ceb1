// Preloaded into measured processes (with --expose-gc): what only they can tell of themselves, as jobs over IPC.
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** Entries of streams that this process has read, whoever of it asked for them. */
let entries = 0;
const sendCommand = Reflect.get(Redis.prototype, "sendCommand");
Redis.prototype.sendCommand = function (command, ...rest) {
  if (command.name === "xread")
    command.promise.then(
      (reply) => {
        for (const [, list] of reply ?? []) entries += list.length;
      },
      () => {},
    );
  return sendCommand.call(this, command, ...rest);
};

/** Memory after garbage is collected; a few times, since finalizers free more. */
async function collect() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await sleep(200);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed };
}

const jobs = { entries: () => entries, collect };
process.on("message", ({ job }) => {
  if (job in jobs) void Promise.resolve(jobs[job]()).then((result) => process.send({ done: job, result }));
});
