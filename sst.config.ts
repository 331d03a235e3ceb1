/// <reference path="./.sst/platform/config.d.ts" />

/**
 * The whole system on AWS. `run` is its table of contents; each part is described where it lives, in its cloud.ts (SST allows no import up here).
 * Names come from PASSERBY_DOMAIN (a Route 53 zone): the page at it, `api.`, `socket.` and `turn.` before it, a stage's name before those.
 */
export default $config({
  app({ stage }) {
    const production = stage === "production";
    return {
      name: "passerby",
      home: "aws",
      version: "4.17.1",
      removal: production ? "retain" : "remove",
      protect: production,
      providers: { aws: { region: (process.env["AWS_REGION"] ?? "eu-west-1") as "eu-west-1" } },
    };
  },

  async run() {
    const { addresses, ice, inParameterStore } = await import("./shared/cloud/common.ts");
    const { database, network, uploadStore } = await import("./shared/cloud/data.ts");
    const { cleanupEachHour, gateway, httpFunctions } = await import("./functions/cloud.ts");
    const { sockets } = await import("./socket-tier/cloud.ts");
    const { webPage } = await import("./web/cloud.ts");
    const { relay } = await import("./shared/cloud/relay.ts");
    const { alarms } = await import("./shared/cloud/alarms.ts");

    // Whoever deploys says so here, and nowhere else.
    const asked = {
      domain: process.env["PASSERBY_DOMAIN"],
      admin: process.env["PASSERBY_ADMIN"] === "true",
      relay: process.env["PASSERBY_TURN"] === "true",
      turnUrls: process.env["TURN_URLS"] ?? "",
      stunUrls: process.env["STUN_URLS"] ?? "",
      alarmEmail: process.env["ALARM_EMAIL"],
    };
    const names = addresses(asked.domain);
    const iceServers = ice(asked, names);
    const secrets = {
      jwtKeys: new sst.Secret("JwtKeys"),
      turn: iceServers.TURN_URLS ? new sst.Secret("TurnSecret") : undefined,
      admin: asked.admin ? new sst.Secret("AdminToken") : undefined,
    };
    const { vpc, region } = network();
    const { redis, redisUrl } = database(vpc);
    const bucket = uploadStore(names.page);
    const common = { names, secrets, iceServers, vpc, region, redisUrl, bucket };

    const cluster = new sst.aws.Cluster("Cluster", { vpc });
    const parameters = inParameterStore(common);
    const socketTier = sockets(common, cluster, parameters);
    if (asked.relay && !$dev) relay(common, cluster, parameters);
    const functions = await httpFunctions(common);
    const api = await gateway(names.api, functions);
    const cleanup = cleanupEachHour(functions.cleanup);
    const page = await webPage(common, api.url);
    if (!$dev) alarms({ socketTier, api, cleanup, redis, functions }, asked.alarmEmail);

    return { page: page.url, api: api.url, socket: names.socket, uploads: bucket.name };
  },
});
