/** The live numbers: pushed while connected, asked for over HTTP while there is no guest yet. */
import type { Stats } from "../protocol/index.ts";
import type { Http } from "./http.ts";
import type { Request } from "./requests.ts";

const POLL_MS = 10_000;

export function createStats(options: {
  http: Http;
  request: Request;
  online: () => boolean;
  set: (stats: Stats) => void;
}) {
  const { http, request, online, set } = options;
  let watching = false;
  let polledMs = 0;

  // Numbers are an extra: without them nothing is said.
  const show = (answer: Promise<Stats>) => void answer.then(set, () => {});
  const subscribe = () => show(request("stats:watch", { on: watching }, { once: true }));

  function tick() {
    if (!watching || online() || Date.now() - polledMs < POLL_MS) return;
    polledMs = Date.now();
    show(http("GET /api/stats"));
  }

  return {
    watch(on: boolean) {
      if (on === watching) return;
      watching = on;
      if (online()) subscribe();
      else tick();
    },
    welcome: () => watching && subscribe(),
    /** Call about once a second. */
    tick,
  };
}
