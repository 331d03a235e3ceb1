/** One report: who, why, what was said and whether it was, what is missing; and what to do about it. */
import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Report } from "../../../shared/protocol/index.ts";
import { BanForm } from "./ban-form.tsx";
import { ask, attempt } from "./server.ts";
import { reasonOf, verdicts, when } from "./words.ts";

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
        All reports
      </button>
      {report && (
        <>
          <h1>{reasonOf(report.reason)}</h1>
          <dl class="moderator-facts">
            <dt>About</dt>
            <dd>{report.reported.username ?? report.reported.id}</dd>
            <dt>By</dt>
            <dd>{report.reporter.username || report.reporter.id}</dd>
            <dt>When</dt>
            <dd>
              {when(report.createdAt)}, deleted {when(report.expiresAt)}
            </dd>
            {report.note && (
              <>
                <dt>Note</dt>
                <dd dir="auto">{report.note}</dd>
              </>
            )}
          </dl>
          <Messages report={report} />
          <BanForm reportId={id} name={report.reported.username ?? "this guest"} />
          <button type="button" class="button" onClick={() => void dismiss()}>
            Dismiss the report
          </button>
        </>
      )}
    </section>
  );
}

function Messages({ report: { messages, gaps, reported } }: { report: Report }) {
  if (messages.length === 0) return <p class="moderator-empty">No messages were given.</p>;
  return (
    <ol class="moderator-messages">
      {messages.map(({ message, source, verdict }) => {
        const { id, epoch, seq, sender, text, attachment, sentAt } = message;
        const gap = gaps.find((one) => one.epoch === epoch && one.before === seq);
        return (
          <Fragment key={`${id} ${source}`}>
            {gap && (
              <li class="moderator-gap">
                {gap.missing === 1 ? "1 message is missing here" : `${gap.missing} messages are missing here`}
              </li>
            )}
            <li class={sender.id === reported.id ? "accused" : undefined}>
              <p class="moderator-what">
                <strong>{sender.username}</strong>
                <time dateTime={sentAt}>{when(sentAt)}</time>
              </p>
              {text && (
                <p class="moderator-text" dir="auto">
                  {text}
                </p>
              )}
              {attachment && (
                <p class="muted">
                  File: {attachment.filename} ({attachment.contentType})
                </p>
              )}
              <p class={`verdict ${verdict}`}>
                {verdicts[verdict]}
                {source === "log" && ", read by the server"}
              </p>
            </li>
          </Fragment>
        );
      })}
    </ol>
  );
}
