import {
  type Common,
  type Env,
  inProduction,
  may,
  mayRead,
  mayTouch,
  secretSettings,
  settings,
  shutdownMs,
  socketLog,
  socketPort,
  storeSettings,
  weekOfLogs,
} from "../shared/cloud/common.ts";

/** No stickiness: a guest's only transport is one websocket, and any node may take it. @param parameters where its secrets are kept */
export function sockets(common: Common, cluster: sst.aws.Cluster, parameters: Env) {
  const { names, bucket } = common;
  const health = (path: string) =>
    `fetch('http://127.0.0.1:${socketPort}${path}').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))`;

  return new sst.aws.Service("SocketTier", {
    cluster,
    architecture: "arm64",
    cpu: inProduction() ? "2 vCPU" : "0.5 vCPU",
    memory: inProduction() ? "4 GB" : "1 GB",
    image: { context: ".", target: "sockets" },
    environment: {
      ...settings(common),
      ...common.iceServers,
      ...storeSettings(common),
      ...($dev && secretSettings(common)),
      SOCKET_PORT: String(socketPort),
      WORKERS: inProduction() ? "2" : "1",
      SHUTDOWN_MS: String(shutdownMs),
      TRUSTED_PROXIES: $dev ? "0" : "1", // the balancer
    },
    ssm: parameters,
    logging: { ...weekOfLogs, name: socketLog() },
    // Is it alive? While Redis is away it is, and its guests stay with it.
    health: {
      command: ["CMD", "node", "-e", health("/health")],
      startPeriod: "30 seconds",
      interval: "10 seconds",
      retries: 5,
    },
    loadBalancer: {
      ...(names.api && { domain: new URL(names.socket).hostname }),
      rules: names.api
        ? [
            { listen: "80/http", redirect: "443/https" },
            { listen: "443/https", forward: `${socketPort}/http` },
          ]
        : [{ listen: "80/http", forward: `${socketPort}/http` }],
      // May it get new guests? Slow to despair, since ECS replaces what stays unready, and a failover of Redis takes a minute.
      health: {
        [`${socketPort}/http`]: {
          path: "/health/ready",
          interval: "10 seconds",
          healthyThreshold: 2,
          unhealthyThreshold: 10,
        },
      },
    },
    scaling: {
      min: inProduction() ? 2 : 1,
      max: inProduction() ? 10 : 2,
      cpuUtilization: 60,
      memoryUtilization: 70,
      scaleInCooldown: "5 minutes",
      scaleOutCooldown: "1 minute",
    },
    wait: inProduction(),
    dev: { command: "npx tsx socket-tier/index.ts", url: names.socket },
    transform: {
      loadBalancer: { idleTimeout: 60 }, // six pings
      loadBalancerSecurityGroup: (args) =>
        void (args.ingress = [80, 443].map((port) => ({
          protocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrBlocks: ["0.0.0.0/0"],
        }))),
      // Websockets do not end by themselves: the node's own drain tells them where to go, soon.
      target: {
        deregistrationDelay: 10,
        stickiness: { enabled: false, type: "lb_cookie" },
        loadBalancingAlgorithmType: "least_outstanding_requests",
      },
      service: { enableExecuteCommand: false, healthCheckGracePeriodSeconds: 60 },
      // Nodes delete the files of pairs that ended; they cannot read one.
      taskRole: (args) => void (args.inlinePolicies = may(mayTouch(bucket, ["s3:DeleteObject"]))),
      executionRole: (args) => void (args.inlinePolicies = mayRead(parameters)),
      taskDefinition: (args) => {
        args.containerDefinitions = $jsonParse($output(args.containerDefinitions)).apply((containers: object[]) =>
          JSON.stringify(
            containers.map((container) => ({
              ...container,
              pseudoTerminal: false,
              stopTimeout: (shutdownMs / 1000) * 6,
            })),
          ),
        );
      },
    },
  });
}
