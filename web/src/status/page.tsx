/** What goes on, for everybody: people, rooms, nodes, and how long an answer takes. */
import { useEffect, useState } from "preact/hooks";
import type { RouteAnswer, Stats } from "../../../shared/protocol/index.ts";
import { Brand } from "../shell/brand.tsx";
import { client } from "../shell/state.ts";
import { momentOf, numberOf, timeOf } from "../shell/words.ts";
import { sizeOf } from "../uploads/words.ts";
import { t } from "../words/index.ts";
import { Figures } from "./figures.tsx";

type Tier = RouteAnswer<"GET /api/socket/stats">;
interface Seen {
  stats: Stats;
  tier: Tier;
  latencyMs: number;
}

const EVERY_MS = 5_000;
const MINUTE_MS = 60_000;

async function look(): Promise<Seen> {
  const from = performance.now();
  const stats = await client.http("GET /api/stats");
  const latencyMs = performance.now() - from;
  return { stats, tier: await client.http("GET /api/socket/stats"), latencyMs };
}

export function StatusPage() {
  const [seen, setSeen] = useState<Seen>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    document.title = `${t("status.title")} · Passerby`;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const again = async () => {
      const now = document.hidden ? undefined : await look().catch(() => setFailed(true));
      if (over) return;
      if (now) {
        setSeen(now);
        setFailed(false);
      }
      timer = setTimeout(() => void again(), EVERY_MS);
    };
    void again();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <main class="status-page">
      <Brand />
      <div>
        <h1>{t("status.title")}</h1>
        <p class="muted">{t("status.lead")}</p>
      </div>
      <p role="status" class={failed ? "status-health bad" : "status-health"}>
        {failed ? t("status.unknown") : seen && health(seen.tier)}
      </p>
      {seen && <Numbers {...seen} />}
      <a class="link" href="/">
        {t("status.back")}
      </a>
    </main>
  );
}

function health({ nodes }: Tier): string {
  const ready = nodes.filter(({ state }) => state === "ready").length;
  if (ready === 0) return t("status.none");
  return t(ready < nodes.length ? "status.some" : "status.good");
}

function Numbers({ stats: { guests, activeUsers, rooms, sessions, timestamp }, tier, latencyMs }: Seen) {
  const { connectedSockets, rateLimit, nodes } = tier;
  const minutes = Math.round(rateLimit.windowMs / MINUTE_MS);
  return (
    <>
      <Figures
        title={t("status.people")}
        figures={[
          { value: numberOf(guests.online), of: t("status.online") },
          { value: numberOf(guests.searching), of: t("status.searching") },
          { value: numberOf(guests.connected), of: t("status.connected") },
          { value: numberOf(activeUsers), of: t("status.active") },
          { value: numberOf(rooms.pair), of: t("status.pairs") },
          { value: numberOf(rooms.group), of: t("status.groups") },
          { value: numberOf(sessions.total), of: t("status.sessions") },
        ]}
      />
      <Figures
        title={t("status.machines")}
        figures={[
          { value: `${numberOf(Math.round(latencyMs))} ms`, of: t("status.latency") },
          { value: numberOf(connectedSockets), of: t("status.sockets") },
          { value: numberOf(rateLimit.limited), of: t("status.limited", { minutes }) },
        ]}
      />
      <div class="status-nodes" role="region" aria-label={t("status.machines")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("status.node")}</th>
              <th scope="col">{t("status.state")}</th>
              <th scope="col">{t("status.node-connections")}</th>
              <th scope="col">{t("status.lag")}</th>
              <th scope="col">{t("status.memory")}</th>
              <th scope="col">{t("status.since")}</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ id, state, sockets, eventLoopLagMs, rssBytes, startedAt }) => (
              <tr key={id}>
                <th scope="row">
                  <bdi>{id}</bdi>
                </th>
                <td>
                  <span class={`node-state ${state}`}>{t(`status.${state}`)}</span>
                </td>
                <td>{numberOf(sockets)}</td>
                <td>{`${numberOf(Math.round(eventLoopLagMs))} ms`}</td>
                <td>{sizeOf(rssBytes)}</td>
                <td>{momentOf(startedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="muted">{t("status.as-of", { time: timeOf(timestamp), seconds: EVERY_MS / 1000 })}</p>
    </>
  );
}
