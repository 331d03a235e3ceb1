/** The operator's page speaks English: it is no part of what guests load. */
export const reasons: Record<string, string> = {
  harassment: "Insults or harassment",
  sexual: "Unwanted sexual content",
  threat: "Threats or violence",
  spam: "Spam or fraud",
  nudity: "Nudity in a call",
  threats: "Threats in a call",
  hate: "Hate in a call",
  minor: "May be under 18",
  other: "Something else",
};
export const reasonOf = (reason: string): string => reasons[reason] ?? reason;

export const verdicts = {
  genuine: "Genuine",
  altered: "Altered: this is not what was said",
  unverifiable: "Cannot be verified",
} as const;

export const sentences: Record<string, string> = {
  "not-found": "There is no such thing any more, or this server has no ADMIN_TOKEN.",
  unauthenticated: "That is not the token.",
  "rate-limited": "Too many requests. Wait some minutes.",
  unavailable: "The server can't be reached just now.",
  internal: "Something went wrong on the server.",
};

const HOUR_MS = 3_600_000;
export const durations = [
  { ms: HOUR_MS, name: "1 hour" },
  { ms: 6 * HOUR_MS, name: "6 hours" },
  { ms: 24 * HOUR_MS, name: "24 hours" },
] as const;

const clock = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
export const when = (iso: string): string => clock.format(new Date(iso));
