/** One JSON line an event, through pino. A log holds no message text, name, token, guest id or address (S4): log request and connection ids instead. */
import { pino } from "pino";

/** An error without its own fields: ioredis hangs a command's arguments on them. */
const err = (error: unknown) =>
  error instanceof Error
    ? { type: error.name, message: error.message, stack: error.stack }
    : { message: String(error) };

export const createLogger = (level: string, base: Record<string, unknown> = {}) =>
  pino(
    {
      level,
      base,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err },
      redact: [
        "token",
        "*.token",
        "headers.authorization",
        "*.headers.authorization",
        "text",
        "*.text",
        "username",
        "*.username",
      ],
    },
    pino.destination({ dest: 1, sync: true }), // a frozen function or a killed node loses no line
  );

export type Logger = ReturnType<typeof createLogger>;

const SPARING_MS = 10_000;

/** For what may happen a thousand times a second: one line in ten seconds for each message, with how many `times` since the last. */
export function sparing(logger: Logger): (fields: object, message: string) => void {
  const said = new Map<string, { nextAt: number; times: number }>();
  return (fields, message) => {
    const about = said.get(message) ?? { nextAt: 0, times: 0 };
    about.times += 1;
    if (Date.now() >= about.nextAt) {
      logger.warn({ ...fields, times: about.times }, message);
      Object.assign(about, { nextAt: Date.now() + SPARING_MS, times: 0 });
    }
    said.set(message, about);
  };
}
