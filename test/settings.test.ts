import { describe, expect, test } from "vitest";
import { ConfigError, loadConfig } from "../shared/config.ts";

const production = { NODE_ENV: "production", JWT_KEYS: `a:${"k".repeat(32)}` };
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

function fault(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "no fault";
}

describe("a wrong setting gives one line with its name, its fault and an example", () => {
  const wrong: [string, string, RegExp][] = [
    ["NODE_ENV", "staging", /must be one of development, production, test, not "staging"/],
    ["HTTP_PORT", "abc", /must be a whole number from 0 to 65535, not "abc"/],
    ["HTTP_PORT", "70000", /from 0 to 65535/],
    ["SOCKET_PORT", "-1", /from 0 to 65535/],
    ["SOCKET_PORT", "1.5", /whole number/],
    ["SOCKET_URL", "localhost:3001", /must be a URL that starts with http/],
    ["SOCKET_URL", "ftp://example.com", /must be a URL/],
    ["WORKERS", "0", /from 1 to 256/],
    ["REDIS_URL", "127.0.0.1:6379", /must be a URL that starts with redis:/],
    ["REDIS_URL", "http://127.0.0.1", /must be a URL that starts with redis:/],
    ["JWT_KEYS", "nosecret", /must be kid:secret pairs/],
    ["JWT_KEYS", "a:short", /fewer than 32 characters under kid "a"/],
    ["JWT_KEYS", `a:${"k".repeat(32)},a:${"l".repeat(32)}`, /names a kid twice/],
    ["CORS_ORIGINS", "*", /not an exact origin/],
    ["CORS_ORIGINS", "https://a.example,https://b.example/", /holds "https:\/\/b\.example\/"/],
    ["CORS_ORIGINS", "chat.example.com", /not an exact origin/],
    ["CORS_EMERGENCY_UNTIL", "tomorrow", /must be an ISO time, not "tomorrow"/],
    ["CORS_EMERGENCY_UNTIL", inHours(5), /more than 4 hours ahead/],
    ["TRUSTED_PROXIES", "true", /whole number from 0 to 10/],
    ["BODY_LIMIT", "lots", /must be a size, not "lots"/],
    ["LOG_LEVEL", "loud", /must be one of silent, error, warn, info, debug/],
    ["EVENTS_PER_MINUTE", "0", /whole number/],
    ["GUESTS_PER_15_MIN", "many", /whole number/],
    ["CHALLENGE_AFTER", "50", /must be below GUESTS_PER_15_MIN/],
    ["CHALLENGE_AFTER", "-1", /whole number/],
    ["API_PER_15_MIN", "", /no fault/],
    ["API_PER_15_MIN", "-5", /whole number/],
    ["UPLOADS_PER_HOUR", "1e3", /whole number/],
    ["UPLOAD_STORE", "/tmp/uploads", /must be disk:PATH or s3:\/\/BUCKET/],
    ["UPLOAD_STORE", "s3://Not_A_Bucket", /must be disk:PATH or s3:\/\/BUCKET/],
    ["S3_ENDPOINT", "minio:9000", /must be a URL/],
    ["UPLOAD_TTL_MS", "90000000", /from 1000 to 86400000/],
    ["CLEANUP_EVERY_MS", "10", /from 1000/],
    ["SWEEP_EVERY_MS", "10", /from 50/],
    ["SESSION_TTL_MS", "99999999999", /to 86400000/],
    ["MATCH_WIDEN_MS", "5000", /two rising numbers/],
    ["MATCH_WIDEN_MS", "9000,3000", /two rising numbers/],
    ["PAIR_GRACE_MS", "soon", /whole number/],
    ["SHUTDOWN_MS", "0", /from 100/],
    ["TURN_URLS", "turn:turn.example.com", /^TURN_SECRET is needed when TURN_URLS is set/],
    ["TURN_URLS", "turn.example.com:3478", /holds "turn.example.com:3478", which is no turn: address/],
    ["TURN_URLS", "turn:a.example,stun:b.example", /holds "stun:b.example"/],
    ["TURN_URLS", "turn:a.example?transport=sctp", /no turn: address/],
    ["STUN_URLS", "https://stun.example.com", /which is no stun: address/],
    ["STUN_URLS", "stun:[::1]:3478,stuns:stun.example.com:5349", /no fault/],
    ["CALL_RING_MS", "0", /from 100/],
    ["CALL_GRACE_MS", "15s", /whole number/],
    ["RELAY_ONLY", "yes", /must be true or false, not "yes"/],
    ["SOCKET_POLLING", "1", /must be true or false, not "1"/],
  ];

  test.each(wrong)("%s=%s", (name, value, expected) => {
    const line = fault({ [name]: value });
    expect(line).toMatch(expected);
    const told = line === "no fault" || /^[A-Z0-9_]+ [^\n]+; for example [A-Z0-9_]+=\S[^\n]*$/.test(line);
    expect([line, told]).toEqual([line, true]);
  });

  test("production demands JWT_KEYS", () => {
    expect(fault({ NODE_ENV: "production" })).toMatch(/^JWT_KEYS is needed in production; for example JWT_KEYS=/);
    expect(fault(production)).toBe("no fault");
  });

  test("a secret is never part of the line", () => {
    expect(fault({ JWT_KEYS: "a:hunter2" })).not.toContain("hunter2");
  });
});

describe("what holds without a setting", () => {
  test("on one machine everything has a value, and the keys are made up anew", () => {
    const [one, two] = [loadConfig({}), loadConfig({})];
    expect(one).toMatchObject({
      mode: "development",
      httpPort: 3000,
      socketUrl: "http://localhost:3001",
      corsOrigins: "any",
      trustedProxies: 0,
      bodyLimitBytes: 10 * 1024 * 1024,
      eventsPerMinute: 100,
      guestsPer15Min: 50,
      challengeAfter: 0,
      apiPer15Min: 300,
      uploadStore: { kind: "disk", directory: "./.data/uploads" },
    });
    expect(one.secrets.jwtKeys[0]?.secret).not.toBe(two.secrets.jwtKeys[0]?.secret);
  });

  test("production allows no origin that is not listed, and logs less", () => {
    expect(loadConfig(production)).toMatchObject({ corsOrigins: [], logLevel: "info", production: true });
    expect(loadConfig({ NODE_ENV: "test" }).logLevel).toBe("silent");
  });

  test("an example, taken at its word, is a right value", () => {
    const examples = ["HTTP_PORT=x", "REDIS_URL=x", "CORS_ORIGINS=x", "CORS_EMERGENCY_UNTIL=x", "UPLOAD_STORE=x"];
    for (const setting of examples) {
      const [name = "", value = ""] = setting.split("=");
      const example = /; for example ([A-Z0-9_]+)=(\S+)$/.exec(fault({ [name]: value }));
      expect(example?.[1]).toBe(name);
      expect([name, fault({ [name]: example?.[2] ?? "" })]).toEqual([name, "no fault"]);
    }
  });
});
