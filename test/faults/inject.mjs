// Preloaded into the nodes (NODE_OPTIONS=--import): does to them what FAULT says, mostly when they get SIGUSR2.
import cluster from "node:cluster";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const faults = {
  throw: () => {
    throw new Error("an injected fault");
  },
  reject: () => void Promise.reject(new Error("an injected fault")),
  hang: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  block: () => {
    for (const end = Date.now() + 450; Date.now() < end;);
  },
  // From now on there is work for 50 ms in each turn of the event loop.
  busy: function turn() {
    process.stdout.write("turn\n");
    for (const end = Date.now() + 50; Date.now() < end;);
    setImmediate(turn);
  },
};

// No fault: garbage does not lie about, so that what the process grows by is what it holds.
function collect() {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  setInterval(() => gc(), 250).unref();
}

const { FAULT, CLOCK } = process.env;
// Set forward whenever it is looked at, as NTP or a machine that wakes does it once.
if (CLOCK === "steps" && cluster.isPrimary) {
  const { now } = Date;
  let steppedMs = 0;
  Date.now = () => now() + (steppedMs += 60_000);
}
if (cluster.isWorker) {
  if (FAULT === "exit") setTimeout(() => process.exit(7), 20);
  else if (FAULT === "collect") collect();
  else process.on("SIGUSR2", faults[FAULT]);
}
