/** What all parts of the deployment know of each other. `sst`, `aws` and what starts with `$` are globals that SST puts into each file. */

export interface Common {
  names: ReturnType<typeof addresses>;
  secrets: { jwtKeys: sst.Secret; turn: sst.Secret | undefined; admin: sst.Secret | undefined };
  /** What guests are told of. */
  iceServers: ReturnType<typeof ice>;
  vpc: sst.aws.Vpc;
  region: $util.Output<string>;
  redisUrl: $util.Output<string>;
  bucket: sst.aws.Bucket;
}
export type Env = Record<string, $util.Input<string>>;

/** Not a constant: the stage is a name of this run. */
export const inProduction = () => $app.stage === "production";
/** A node's own drain; the platform has to wait longer than that. */
export const shutdownMs = 5_000;
export const socketPort = 3001;
export const relayPort = 3478;
export const lambdaTarget = { runtime: "nodejs24.x", architecture: "arm64" } as const;
export const weekOfLogs = { retention: "1 week" } as const;
/** Where the nodes' log goes; an alarm reads it. */
export const socketLog = () => `/passerby/${$app.stage}/sockets`;

/** Under `sst dev` page and socket tier run on this machine. A page on https cannot open a plain ws://, so the rest needs names. */
export function addresses(zone: string | undefined) {
  if ($dev)
    return {
      page: "http://localhost:5173",
      socket: `http://localhost:${socketPort}`,
      api: undefined,
      relay: undefined,
    };
  if (!zone) throw new Error("PASSERBY_DOMAIN is needed to deploy; for example PASSERBY_DOMAIN=chat.example.com");
  const domain = inProduction() ? zone : `${$app.stage}.${zone}`;
  return {
    page: `https://${domain}`,
    socket: `https://socket.${domain}`,
    api: `api.${domain}`,
    relay: `turn.${domain}`,
  };
}

/** A relay of our own by every way that a network may let through, or the relays that were named. */
export function ice(
  { relay, turnUrls, stunUrls }: { relay: boolean; turnUrls: string; stunUrls: string },
  names: ReturnType<typeof addresses>,
) {
  if (!relay || !names.relay) return { STUN_URLS: stunUrls, TURN_URLS: turnUrls };
  if (turnUrls) throw new Error("PASSERBY_TURN brings a relay of our own and TURN_URLS names others: set one of them");
  const own = [
    `turn:${names.relay}:${relayPort}`,
    `turn:${names.relay}:${relayPort}?transport=tcp`,
    `turns:${names.relay}:443?transport=tcp`,
  ];
  return { STUN_URLS: stunUrls, TURN_URLS: own.join(",") };
}

/** Where containers find their secrets, since a task definition shows its environment and is kept for ever. @returns ARNs */
export const inParameterStore = (common: Common): Env =>
  $dev
    ? {}
    : Object.fromEntries(
        Object.entries(secretSettings(common)).map(([name, value]) => {
          const path = `/passerby/${$app.stage}/${name}`;
          return [name, new aws.ssm.Parameter(name, { name: path, type: "SecureString", value }).arn];
        }),
      );

/** A role's own statements, all of them. */
export const may = (statements: aws.iam.GetPolicyDocumentOutputArgs["statements"]) => [
  { name: "inline", policy: aws.iam.getPolicyDocumentOutput({ statements }).json },
];
/** For a container's start. */
export const mayRead = (parameters: Env) =>
  may([{ actions: ["ssm:GetParameters"], resources: Object.values(parameters) }]);

/** Objects are `in/…` and `kept/…`; nobody gets more of the bucket than that, or an action that its code does not use. */
export const mayTouch = ({ arn }: sst.aws.Bucket, actions: string[]) => [
  { actions, resources: [$interpolate`${arn}/in/*`, $interpolate`${arn}/kept/*`] },
];
/** Without it S3 answers 403 for an object that does not exist. */
export const mayList = ({ arn }: sst.aws.Bucket) => [{ actions: ["s3:ListBucket"], resources: [arn] }];

export const settings = ({ names }: Common): Env => ({
  NODE_ENV: $dev ? "development" : "production",
  LOG_LEVEL: "info",
  CORS_ORIGINS: names.page,
  SOCKET_URL: names.socket,
});
export const secretSettings = ({ secrets: { jwtKeys, turn, admin }, redisUrl }: Common): Env => ({
  REDIS_URL: redisUrl,
  JWT_KEYS: jwtKeys.value,
  ...(turn && { TURN_SECRET: turn.value }),
  ...(admin && { ADMIN_TOKEN: admin.value }),
});
export const storeSettings = ({ bucket }: Common): Env => ({ UPLOAD_STORE: $interpolate`s3://${bucket.name}` });
