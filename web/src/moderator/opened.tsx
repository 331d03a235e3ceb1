/** One report: who, why, what was said and whether it was, what is missing; and what to do about it. */
import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Report } from "../../../shared/protocol/index.ts";
import { BanForm } from "./ban-form.tsx";
import { ask, attempt } from "./server.ts";
import { m, reasonOf, when } from "./words.ts";

export function Opened({ id, onBack }: { id: string; onBack: () => void }) {
  const [report, setReport] = useState<Report>();
  useEffect(
    () => void attempt(async () => setReport((await ask("GET /api/reports/:id", { params: { id } })).report)),
    [id],
  );
  const dismiss = () =>
    attempt(async () => {
      await ask("DELETE /api/reports/:id", { params: { id } });
      onBack();
    });
  return (
    <section>
      <button type="button" class="link" onClick={onBack}>
        {m("mod.all")}
      </button>
      {report && (
        <>
          <h1>{reasonOf(report.reason)}</h1>
          <dl class="moderator-facts">
            <dt>{m("mod.about")}</dt>
            <dd>{report.reported.username ?? report.reported.id}</dd>
            <dt>{m("mod.by")}</dt>
            <dd>{report.reporter.username || report.reporter.id}</dd>
            <dt>{m("mod.when")}</dt>
            <dd>{m("mod.deleted", { from: when(report.createdAt), until: when(report.expiresAt) })}</dd>
            {report.note && (
              <>
                <dt>{m("mod.note")}</dt>
                <dd>
                  <bdi>{report.note}</bdi>
                </dd>
              </>
            )}
          </dl>
          <Messages report={report} />
          <BanForm reportId={id} name={report.reported.username ?? m("mod.gone")} />
          <button type="button" class="button" onClick={() => void dismiss()}>
            {m("mod.dismiss")}
          </button>
        </>
      )}
    </section>
  );
}

function Messages({ report: { messages, gaps, reported } }: { report: Report }) {
  if (messages.length === 0) return <p class="moderator-empty">{m("mod.no-messages")}</p>;
  return (
    <ol class="moderator-messages">
      {messages.map(({ message, source, verdict }) => {
        const { id, epoch, seq, sender, text, attachment, sentAt } = message;
        const gap = gaps.find((one) => one.epoch === epoch && one.before === seq);
        return (
          <Fragment key={`${id} ${source}`}>
            {gap && <li class="moderator-gap">{m("mod.missing", { count: gap.missing })}</li>}
            <li class={sender.id === reported.id ? "accused" : undefined}>
              <p class="moderator-what">
                <strong>{sender.username}</strong>
                <time dateTime={sentAt}>{when(sentAt)}</time>
              </p>
              {text && (
                <p class="moderator-text">
                  <bdi>{text}</bdi>
                </p>
              )}
              {attachment && (
                <p class="muted">{m("mod.file", { name: attachment.filename, type: attachment.contentType })}</p>
              )}
              <p class={`verdict ${verdict}`}>
                {source === "log" ? m("mod.read-by-server", { verdict: m(`mod.${verdict}`) }) : m(`mod.${verdict}`)}
              </p>
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}
