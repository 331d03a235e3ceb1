/** Environment → typed settings, checked once at start. The only reader of process.env besides local/ and test/. */
import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { type Cell, cellName } from "./cells.ts";

/** One line for the operator: the variable, its fault, an example. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

type Env = Record<string, string | undefined>;

const HOUR_MS = 3_600_000;

function reader(env: Env) {
  const raw = (name: string) => {
    const value = env[name]?.trim();
    return value === "" ? undefined : value;
  };
  const fail = (name: string, fault: string, example: string): never => {
    throw new ConfigError(`${name} ${fault}; for example ${name}=${example}`);
  };
  return {
    fail,
    text: (name: string): string | undefined => raw(name),
    integer(name: string, fallback: number, min: number, max: number, example = String(fallback)): number {
      const value = raw(name);
      if (value === undefined) return fallback;
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < min || number > max) {
        return fail(name, `must be a whole number from ${min} to ${max}, not "${value}"`, example);
      }
      return number;
    },
    flag(name: string, fallback: boolean): boolean {
      const value = raw(name);
      if (value === undefined) return fallback;
      if (value !== "true" && value !== "false") return fail(name, `must be true or false, not "${value}"`, "true");
      return value === "true";
    },
    choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
      const value = raw(name) ?? fallback;
      return (
        choices.find((choice) => choice === value) ??
        fail(name, `must be one of ${choices.join(", ")}, not "${value}"`, fallback)
      );
    },
    url(name: string, protocols: readonly string[], example: string): string | undefined {
      const value = raw(name);
      if (value === undefined) return undefined;
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (!url || !protocols.includes(url.protocol)) {
        return fail(name, `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`, example);
      }
      return value.replace(/\/$/, "");
    },
    list: (name: string): string[] =>
      (raw(name) ?? "")
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
  };
}

/** "10mb", "512kb" or plain bytes → bytes. */
function bytes(read: ReturnType<typeof reader>, name: string, fallback: string): number {
  const value = read.text(name) ?? fallback;
  const match = /^(\d+)(b|kb|mb)?$/i.exec(value);
  if (!match) return read.fail(name, `must be a size, not "${value}"`, fallback);
  return Number(match[1]) * ({ b: 1, kb: 1024, mb: 1024 * 1024 }[(match[2] ?? "b").toLowerCase()] ?? 1);
}

function origins(read: ReturnType<typeof reader>, production: boolean): string[] | "any" {
  const list = read.list("CORS_ORIGINS");
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      read.fail(
        "CORS_ORIGINS",
        `holds "${origin}", which is not an exact origin`,
        "https://chat.example.com,https://www.example.com",
      );
    }
  }
  if (list.length > 0) return list;
  return production ? [] : "any";
}

function emergencyUntil(read: ReturnType<typeof reader>): number | undefined {
  const value = read.text("CORS_EMERGENCY_UNTIL");
  if (value === undefined) return undefined;
  const at = Date.parse(value);
  const example = new Date(Date.now() + HOUR_MS).toISOString();
  if (Number.isNaN(at)) return read.fail("CORS_EMERGENCY_UNTIL", `must be an ISO time, not "${value}"`, example);
  if (at > Date.now() + 4 * HOUR_MS) return read.fail("CORS_EMERGENCY_UNTIL", "is more than 4 hours ahead", example);
  return at;
}

/** From so many guests of one address in 15 minutes on, each further one costs its client work; 0: never. */
function challengeAfter(read: ReturnType<typeof reader>, production: boolean, guestsPer15Min: number): number {
  const usual = production ? Math.floor(0.4 * guestsPer15Min) : 0; // on one machine everybody comes from one address
  const value = read.integer("CHALLENGE_AFTER", usual, 0, 1_000_000_000, "20");
  if (value >= guestsPer15Min) read.fail("CHALLENGE_AFTER", "must be below GUESTS_PER_15_MIN", "20");
  return value;
}

/** `kid:secret,…`, newest first: the first signs, all verify. */
function jwtKeys(read: ReturnType<typeof reader>, production: boolean): { kid: string; secret: string }[] {
  const example = `2026a:${"x".repeat(8)}…(32 or more random characters)`;
  const keys = read.list("JWT_KEYS").map((pair) => {
    const colon = pair.indexOf(":");
    const [kid, secret] = [pair.slice(0, colon), pair.slice(colon + 1)];
    if (colon < 1 || !/^[A-Za-z0-9_-]{1,32}$/.test(kid))
      return read.fail("JWT_KEYS", "must be kid:secret pairs", example);
    if (secret.length < 32)
      return read.fail("JWT_KEYS", `has a secret of fewer than 32 characters under kid "${kid}"`, example);
    return { kid, secret };
  });
  if (new Set(keys.map((key) => key.kid)).size < keys.length) read.fail("JWT_KEYS", "names a kid twice", example);
  if (keys.length > 0) return keys;
  if (production) read.fail("JWT_KEYS", "is needed in production", example);
  return [{ kid: "development", secret: randomBytes(32).toString("base64url") }];
}

/** Servers as a browser's RTCIceServer names them (RFC 7064, 7065). */
function iceUrls(read: ReturnType<typeof reader>, name: string, scheme: "stun" | "turn", example: string): string[] {
  const pattern = new RegExp(`^${scheme}s?:([a-z0-9.-]+|\\[[0-9a-f:.]+\\])(:\\d{1,5})?(\\?transport=(udp|tcp))?$`, "i");
  const list = read.list(name);
  for (const url of list)
    if (!pattern.test(url)) read.fail(name, `holds "${url}", which is no ${scheme}: address`, example);
  return list;
}

function widenMs(read: ReturnType<typeof reader>): [number, number] {
  const parts = (read.text("MATCH_WIDEN_MS") ?? "5000,15000").split(",").map(Number);
  const [first = -1, second = -1] = parts;
  if (parts.length !== 2 || !Number.isInteger(first) || !Number.isInteger(second) || first < 0 || second < first) {
    return read.fail("MATCH_WIDEN_MS", "must be two rising numbers of milliseconds", "5000,15000");
  }
  return [first, second];
}

/** OpenTelemetry's own names; undefined: off. */
function tracing(read: ReturnType<typeof reader>): { endpoint: string; ratio: number } | undefined {
  const endpoint = read.url("OTEL_EXPORTER_OTLP_ENDPOINT", ["http:", "https:"], "http://127.0.0.1:4318");
  const ratio = Number(read.text("OTEL_TRACES_SAMPLER_ARG") ?? "0.01");
  if (!(ratio >= 0 && ratio <= 1)) read.fail("OTEL_TRACES_SAMPLER_ARG", "must be a share from 0 to 1", "0.01");
  return endpoint === undefined ? undefined : { endpoint, ratio };
}

/** `name|socketUrl|redisUrl,…` */
function cells(read: ReturnType<typeof reader>): Cell[] {
  const example = "eu1|https://eu1.example.com|redis://eu1:6379,eu2|https://eu2.example.com|redis://eu2:6379";
  const all = read.list("CELLS").map((text): Cell => {
    const [name = "", socketUrl = "", redisUrl = "", ...more] = text.split("|");
    const right = [socketUrl, redisUrl].every((url) => URL.canParse(url)) && /^rediss?:/.test(redisUrl);
    if (!cellName.test(name) || !/^(https?|wss?):/.test(socketUrl) || !right || more.length > 0)
      return read.fail("CELLS", `must be name|socket URL|Redis URL, not "${name}|…"`, example);
    return { name, socketUrl: socketUrl.replace(/\/$/, ""), redisUrl };
  });
  if (new Set(all.map(({ name }) => name)).size < all.length) read.fail("CELLS", "names a cell twice", example);
  return all;
}

function ownCell(read: ReturnType<typeof reader>): string {
  const name = read.text("CELL") ?? "";
  return name === "" || cellName.test(name)
    ? name
    : read.fail("CELL", `must be a letter and up to 7 letters or digits, in lower case, not "${name}"`, "eu1");
}

function uploadStore(
  read: ReturnType<typeof reader>,
): { kind: "disk"; directory: string } | { kind: "s3"; bucket: string } {
  const value = read.text("UPLOAD_STORE") ?? "disk:./.data/uploads";
  const disk = /^disk:(.+)$/.exec(value);
  if (disk) return { kind: "disk", directory: disk[1]! };
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/.exec(value);
  if (s3) return { kind: "s3", bucket: s3[1]! };
  return read.fail("UPLOAD_STORE", `must be disk:PATH or s3://BUCKET, not "${value}"`, "disk:./.data/uploads");
}

/**
 * Reads all settings.
 * @param needs `keys: false` for a process that neither signs nor verifies: it has none, and is asked for none
 * @throws ConfigError naming the variable, the value's fault and an example
 */
export function loadConfig(env: Env = process.env, needs: { keys: boolean } = { keys: true }) {
  const read = reader(env);
  const mode = read.choice("NODE_ENV", ["development", "production", "test"], "development");
  const production = mode === "production";
  const socketPort = read.integer("SOCKET_PORT", 3001, 0, 65_535);
  const guestsPer15Min = read.integer("GUESTS_PER_15_MIN", 50, 1, 1_000_000_000);
  const config = {
    mode,
    production,
    httpPort: read.integer("HTTP_PORT", 3000, 0, 65_535),
    socketPort,
    socketUrl:
      read.url("SOCKET_URL", ["http:", "https:", "ws:", "wss:"], "https://socket.example.com") ??
      `http://localhost:${socketPort}`,
    workers: read.integer("WORKERS", availableParallelism(), 1, 256),
    cell: ownCell(read),
    cells: cells(read),
    redisUrl: read.url("REDIS_URL", ["redis:", "rediss:"], "redis://127.0.0.1:6379") ?? "redis://127.0.0.1:6379",
    corsOrigins: origins(read, production),
    corsEmergencyUntil: emergencyUntil(read),
    trustedProxies: read.integer("TRUSTED_PROXIES", 0, 0, 10),
    bodyLimitBytes: bytes(read, "BODY_LIMIT", "10mb"),
    logLevel: read.choice(
      "LOG_LEVEL",
      ["silent", "error", "warn", "info", "debug"],
      mode === "test" ? "silent" : production ? "info" : "debug",
    ),
    socketsPerNode: read.integer("SOCKETS_PER_NODE", 20_000, 1, 1_000_000),
    // 0 = not counted: on one machine everybody comes from one address.
    socketsPerAddress: read.integer("SOCKETS_PER_ADDRESS", production ? 200 : 0, 0, 1_000_000),
    eventsPerMinute: read.integer("EVENTS_PER_MINUTE", 100, 1, 1_000_000_000),
    guestsPer15Min,
    challengeAfter: challengeAfter(read, production, guestsPer15Min),
    apiPer15Min: read.integer("API_PER_15_MIN", 300, 1, 1_000_000_000),
    uploadsPerHour: read.integer("UPLOADS_PER_HOUR", 10, 1, 1_000_000_000),
    uploadStore: uploadStore(read),
    s3Endpoint: read.url("S3_ENDPOINT", ["http:", "https:"], "http://127.0.0.1:9000"),
    uploadTtlMs: read.integer("UPLOAD_TTL_MS", 24 * HOUR_MS, 1_000, 24 * HOUR_MS),
    cleanupEveryMs: read.integer("CLEANUP_EVERY_MS", HOUR_MS, 1_000, 24 * HOUR_MS),
    sweepEveryMs: read.integer("SWEEP_EVERY_MS", 15_000, 50, HOUR_MS),
    sessionTtlMs: read.integer("SESSION_TTL_MS", 2 * HOUR_MS, 1_000, 24 * HOUR_MS),
    matchWidenMs: widenMs(read),
    pairGraceMs: read.integer("PAIR_GRACE_MS", 30_000, 100, HOUR_MS),
    callRingMs: read.integer("CALL_RING_MS", 30_000, 100, HOUR_MS),
    callGraceMs: read.integer("CALL_GRACE_MS", 15_000, 100, HOUR_MS),
    shutdownMs: read.integer("SHUTDOWN_MS", 5_000, 100, 60_000),
    stunUrls: iceUrls(read, "STUN_URLS", "stun", "stun:stun.example.com:3478"),
    turnUrls: iceUrls(
      read,
      "TURN_URLS",
      "turn",
      "turn:turn.example.com:3478,turns:turn.example.com:5349?transport=tcp",
    ),
    relayOnly: read.flag("RELAY_ONLY", false),
    socketPolling: read.flag("SOCKET_POLLING", false),
    tracing: tracing(read),
    secrets: {
      jwtKeys: needs.keys ? jwtKeys(read, production) : [],
      turn: read.text("TURN_SECRET"),
      admin: read.text("ADMIN_TOKEN"),
    },
  };
  if (config.turnUrls.length > 0 && !config.secrets.turn)
    read.fail("TURN_SECRET", "is needed when TURN_URLS is set", "a-long-random-text");
  return config;
}

export type Config = ReturnType<typeof loadConfig>;
