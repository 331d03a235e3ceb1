/** The right to be left alone: blocks, and reports for the operator to read. */
import { PasserbyError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Report, ReportSummary } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import { createSeal } from "../seal.ts";
import { type Accusation, type Exhibit, gapsOf, inOrder, judge, look } from "./evidence.ts";
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";
import { createLimit } from "./limits.ts";
import { page } from "./page.ts";
import { pseudonymFor } from "./pseudonym.ts";

const HOUR_MS = 3_600_000;

/** Sealed: what lists show, and where the reported one was seen from, should they be gone when it is read. */
interface Summary extends Omit<ReportSummary, "id"> {
  addresses: string[];
}
/** Sealed too. */
interface Evidence {
  note?: string;
  exhibits: Exhibit[];
}
interface Parts {
  summary: Summary;
  evidence: Evidence;
}

const gone = () => new PasserbyError("not-found", "There is no such report, or not any more");

export function reportStore(context: StoreContext) {
  const { redis, run, config, stamps } = context;
  const sealed = createSeal(config.secrets.jwtKeys, "report");
  const limit = createLimit(redis, "reports", limits.reportsPerHour, HOUR_MS);
  const pseudonym = pseudonymFor(config, "reports");

  const seal = (id: string, part: keyof Parts, value: Parts[keyof Parts]) =>
    sealed.seal(`${id} ${part}`, JSON.stringify(value));

  /** Undefined where it is gone, or its key is. */
  function unseal<P extends keyof Parts>(id: string, part: P, kept: string | null | undefined): Parts[P] | undefined {
    const text = kept ? sealed.open(`${id} ${part}`, kept) : undefined;
    return text === undefined ? undefined : (JSON.parse(text) as Parts[P]);
  }

  async function summaryOf(id: string): Promise<Summary> {
    const summary = unseal(id, "summary", await redis.hget(key("report", id), "summary"));
    if (!summary) throw gone();
    return summary;
  }

  function toSummary(id: string, kept: Summary): ReportSummary {
    const { addresses: _addresses, ...summary } = kept;
    return { id, ...summary };
  }

  return {
    /** Never matched, never reached again, both ways; a pair with them ends. @throws `not-found`, `session-ended` */
    async block(userId: string, other: string): Promise<void> {
      const reply = await run("user_block", userId, other);
      if (reply === -2) throw new PasserbyError("session-ended");
      if (reply === -1) throw new PasserbyError("not-found", "There is no such guest, or not any more");
    },

    /**
     * Keeps the report for a day and blocks the reported one. What is still in the log is taken from there.
     * @throws `rate-limited`, `not-found`, `forbidden`, `invalid`, `session-ended`
     */
    async create(reporterId: string, accusation: Accusation): Promise<string> {
      const { roomId, userId, reason, messages = [], note } = accusation;
      const stray = messages.findIndex((one) => one.roomId !== roomId);
      if (stray >= 0)
        throw new PasserbyError("invalid", undefined, { fields: { [`messages.${stray}.roomId`]: "is another room" } });
      if (userId === reporterId) throw new PasserbyError("invalid", undefined, { fields: { userId: "is your own" } });
      await limit.consume(pseudonym(reporterId));
      const { name, theirName, addresses, logged } = await look(context, reporterId, accusation);

      const known = new Set(logged.map((message) => message.id));
      const exhibits: Exhibit[] = [
        ...logged.map((message) => ({ message, source: "log" as const })),
        ...messages
          .filter((message) => !known.has(message.id))
          .map((message) => ({ message, source: "reporter" as const })),
      ];
      const id = newId("rep", config.cell);
      const nowMs = Date.now();
      const username = theirName || messages.find(({ sender }) => sender.id === userId)?.sender.username;
      const summary: Summary = {
        roomId,
        reason,
        reporter: { id: reporterId, username: name },
        reported: { id: userId, ...(username && { username }) },
        messageCount: exhibits.length,
        createdAt: new Date(nowMs).toISOString(),
        expiresAt: new Date(nowMs + limits.reportMs).toISOString(),
        addresses,
      };
      const evidence: Evidence = { ...(note && { note }), exhibits: inOrder(exhibits) };
      const reply = await run(
        "report_create",
        reporterId,
        userId,
        id,
        seal(id, "summary", summary),
        seal(id, "evidence", evidence),
        limits.reportMs,
        limits.reports,
      );
      if (reply === -2) throw new PasserbyError("session-ended");
      return id;
    },

    /** Newest first. */
    async list(cursor: string | undefined, most: number): Promise<{ reports: ReportSummary[]; cursor?: string }> {
      const { entries, next } = await page(redis, key("reports"), cursor, most);
      const kept = await Promise.all(entries.map(({ id }) => redis.hget(key("report", id), "summary")));
      const reports = entries.flatMap(({ id }, i) => {
        const summary = unseal(id, "summary", kept[i]);
        return summary ? [toSummary(id, summary)] : [];
      });
      return { reports, ...(next !== undefined && { cursor: next }) };
    },

    /** The verdicts are of now. @throws `not-found` */
    async read(id: string): Promise<Report> {
      const [summary, kept] = await Promise.all([summaryOf(id), redis.hget(key("report", id), "evidence")]);
      const evidence = unseal(id, "evidence", kept);
      if (!evidence) throw gone();
      const { note, exhibits } = evidence;
      return {
        ...toSummary(id, summary),
        ...(note && { note }),
        messages: exhibits.map((exhibit) => judge(stamps, exhibit)),
        gaps: gapsOf(exhibits),
      };
    },

    /** Whom it is about, for a ban. @throws `not-found` */
    async accused(id: string): Promise<{ userId: string; addresses: string[] }> {
      const { reported, addresses } = await summaryOf(id);
      return { userId: reported.id, addresses };
    },

    /** @throws `not-found` */
    async dismiss(id: string): Promise<void> {
      const [[, removed]] = (await redis.multi().zrem(key("reports"), id).del(key("report", id)).exec()) as [
        [unknown, number],
      ];
      if (removed === 0) throw gone();
    },
  };
}
