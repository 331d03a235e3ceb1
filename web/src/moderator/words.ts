/** The operator's words, in every language of the page: no part of what guests load. */
import ar from "../words/ar/moderator.ts";
import de from "../words/de/moderator.ts";
import en from "../words/en/moderator.ts";
import es from "../words/es/moderator.ts";
import { say, t, tag, type Sayer } from "../words/index.ts";

export const m: Sayer<typeof en> = say({ en, es, de, ar });

/** Those that a call's way out gives; the others are the report dialog's. */
const inCalls = ["nudity", "threats", "hate"] as const;
const others = ["harassment", "sexual", "threat", "spam", "minor", "other"] as const;
export function reasonOf(reason: string): string {
  const call = inCalls.find((one) => one === reason);
  if (call) return m("mod.in-call", { what: t(`panic.${call}`) });
  const other = others.find((one) => one === reason);
  return other ? t(`report.${other}`) : reason;
}

const HOUR_MS = 3_600_000;
/** For how long a ban may be, in hours. */
export const durations = [1, 6, 24].map((hours) => ({ hours, ms: hours * HOUR_MS }));

export const when = (iso: string): string =>
  new Intl.DateTimeFormat(tag.value, { weekday: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
