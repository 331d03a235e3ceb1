// Preloaded into the nodes (NODE_OPTIONS=--import): does to them what FAULT says, mostly when they get SIGUSR2.
import cluster from "node:cluster";

const faults = {
  throw: () => {
    throw new Error("an injected fault");
  },
  reject: () => void Promise.reject(new Error("an injected fault")),
  block: () => {
    for (const end = Date.now() + 450; Date.now() < end;);
  },
};

if (cluster.isWorker) {
  const { FAULT } = process.env;
  if (FAULT === "exit") setTimeout(() => process.exit(7), 20);
  else process.on("SIGUSR2", faults[FAULT]);
}
