/** One JSON line an event, through pino. A log holds no message text, name, token, guest id or address (S4): log request and connection ids instead. */
import { pino } from "pino";

export const createLogger = (level: string, base: Record<string, unknown> = {}) =>
  pino({
    level,
    base,
    timestamp: pino.stdTimeFunctions.isoTime,
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
  });

export type Logger = ReturnType<typeof createLogger>;
