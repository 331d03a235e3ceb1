/** The closed list of errors, HTTP and sockets. `retry`: keep what you have, back off, try again. Otherwise: stop, show. */
export const errors = {
  invalid: { status: 400, retry: false, title: "The request has a wrong or missing field" },
  unauthenticated: { status: 401, retry: false, title: "A valid token is needed" },
  "token-expired": { status: 401, retry: false, title: "The token has expired; refresh it" },
  "session-ended": { status: 401, retry: false, title: "The session has ended; start a new one" },
  forbidden: { status: 403, retry: false, title: "Not allowed" },
  banned: { status: 403, retry: false, title: "Banned for a time" },
  "challenge-required": { status: 403, retry: false, title: "Solve the challenge first" },
  "not-found": { status: 404, retry: false, title: "There is no such thing, or not any more" },
  conflict: { status: 409, retry: false, title: "Already taken, or already done otherwise" },
  busy: { status: 409, retry: true, title: "Busy; try again" },
  "room-closed": { status: 409, retry: false, title: "The room is closed" },
  "room-full": { status: 409, retry: false, title: "The room is full" },
  "payload-too-large": { status: 413, retry: false, title: "Too large" },
  "unsupported-type": { status: 415, retry: false, title: "That type is not accepted" },
  "rate-limited": { status: 429, retry: true, title: "Too many requests; wait a little" },
  draining: { status: 503, retry: true, title: "This node is about to stop; reconnect" },
  unavailable: { status: 503, retry: true, title: "Not available just now; try again" },
  internal: { status: 500, retry: true, title: "Something went wrong here" },
} as const satisfies Record<string, { status: number; retry: boolean; title: string }>;

export type ErrorCode = keyof typeof errors;

/** What a client sees of an error: the `error` of an ack, `err.data` of a refused handshake, part of a problem+json body. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retryAfterMs?: number;
  /** Field path → what is wrong with it (or, for `busy`, the id of what keeps it busy). */
  fields?: Record<string, string>;
}

/** The one error class whose content a user may see. Everything else is logged and answered `internal`. */
export class PasserbyError extends Error implements ErrorBody {
  override name = "PasserbyError";
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
  readonly fields?: Record<string, string>;

  constructor(code: ErrorCode, message?: string, more: Pick<ErrorBody, "retryAfterMs" | "fields"> = {}) {
    super(message ?? errors[code].title);
    this.code = code;
    if (more.retryAfterMs !== undefined) this.retryAfterMs = Math.max(0, Math.ceil(more.retryAfterMs));
    if (more.fields) this.fields = more.fields;
  }

  /** The plain object that goes on the wire; absent fields are left out. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.retryAfterMs !== undefined && { retryAfterMs: this.retryAfterMs }),
      ...(this.fields && { fields: this.fields }),
    };
  }
}

/** May the client keep what it wanted and try again later? */
export const isRetry = (code: ErrorCode): boolean => errors[code]?.retry ?? false;
