/** Who gets in: tokens, keys, origins. */
import type { Lines } from "./row.ts";

const tokens = { test: "test/sessions.test.ts", title: "[S1] a session's public id grants nothing" };
const sockets = { test: "test/sessions.test.ts", title: "[S1] a websocket opens to the listed origins alone" };

const rotated = {
  test: "test/sessions-keys.test.ts",
  title: "[S1] keys rotate A → B,A → B under a client that stays",
};
const unheard = {
  fault: "our client does not hear why it was refused",
  file: "shared/client/connection.ts",
  from: ' && reason !== "forced close"',
  to: "",
};
const oldest = {
  fault: "the oldest key goes on signing",
  file: "shared/tokens.ts",
  from: "const [newest] = keys;",
  to: "const newest = keys.at(-1);",
};
const unasked = {
  fault: "nobody looks at a socket's origin",
  file: "socket-tier/admission.ts",
  from: 'if (origin !== undefined && corsOrigins !== "any" && !corsOrigins.includes(origin))',
  to: "if (!this.#config)",
};

export const access: Lines = {
  "tokens that are not ours": [
    {
      ...tokens,
      fault: "any algorithm of the family is good",
      file: "shared/tokens.ts",
      from: 'algorithms: ["HS256" as const],',
      to: 'algorithms: ["HS256" as const, "HS384" as const, "HS512" as const],',
    },
    {
      ...tokens,
      fault: "an unknown kid is tried with the newest key",
      file: "shared/tokens.ts",
      from: 'typeof header.kid === "string" ? verifiers.get(header.kid) : undefined;',
      to: "verifiers.get(String(header.kid)) ?? verifiers.get(newest!.kid);",
    },
    {
      ...tokens,
      fault: "another audience's token is good",
      file: "shared/tokens.ts",
      from: "        allowedAud: AUDIENCE,\n",
      to: "",
    },
    {
      ...tokens,
      fault: "a token without an end is good",
      file: "shared/tokens.ts",
      from: 'requiredClaims: ["exp", "sub"],',
      to: 'requiredClaims: ["sub"],',
    },
    {
      ...tokens,
      fault: "whatever the subject says is a guest",
      file: "shared/tokens.ts",
      from: " || !userIdPattern.test(sub))",
      to: ")",
    },
    {
      test: "test/sessions.test.ts",
      title: "[S1] expired, ended and unknown sessions",
      fault: "an expired token opens a socket",
      file: "socket-tier/arrival.ts",
      from: "ctx.tokens.verify(parsed.data.token);",
      to: 'ctx.tokens.verify(parsed.data.token, "refreshable");',
    },
    {
      test: "test/functions-access.test.ts",
      title: "[S1] only a token of ours lets in",
      fault: "an expired token is good for every route",
      file: "shared/middleware/authenticate.ts",
      from: 'auth === "expired-bearer" ? "refreshable" : "live"',
      to: '"refreshable"',
    },
    {
      test: "test/functions-access.test.ts",
      title: "[S2] an expired token is refreshed for a day",
      fault: "a token is refreshed whenever it has expired",
      file: "shared/tokens.ts",
      from: "clockTolerance: grace",
      to: "ignoreExpiration: grace > 0",
    },
  ],
  "keys rotated A → A+B → B": [
    {
      test: "test/sessions.test.ts",
      title: "[S1] keys rotate A → B,A → B",
      fault: "only the newest key verifies",
      file: "shared/tokens.ts",
      from: "    keys.map(({ kid, secret }) => {",
      to: "    keys.slice(0, 1).map(({ kid, secret }) => {",
    },
    { test: "test/functions-access.test.ts", title: "keys are rotated: the new one signs", ...oldest },
    { ...rotated, ...oldest },
    { ...rotated, ...unheard },
    { ...rotated, title: "[S2] our client, refused for good", ...unheard },
    {
      ...rotated,
      fault: "a client whose token has expired is sent away",
      file: "shared/client/connection.ts",
      from: '    else if (error.code === "token-expired") void renew(error);\n',
      to: "",
    },
  ],
  "origins: evil, null, suffix, other port": [
    {
      ...sockets,
      fault: "an origin that begins as a listed one does is let in",
      file: "socket-tier/admission.ts",
      from: "!corsOrigins.includes(origin))",
      to: "!corsOrigins.some((one) => origin.startsWith(one)))",
    },
    { ...sockets, ...unasked },
    { test: "test/polling.test.ts", title: "[P1] guests whose network blocks websockets", ...unasked },
    {
      test: "test/functions-access.test.ts",
      title: "production lets the exact list in",
      fault: "an origin that ends as a listed one does is let in",
      file: "shared/middleware/cors.ts",
      from: "if (origin !== undefined && corsOrigins.includes(origin))",
      to: "if (origin !== undefined && corsOrigins.some((one) => origin.endsWith(new URL(one).host)))",
    },
  ],
};
