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
