/** Where things are kept, and the network around it. */
import { inProduction } from "./common.ts";

/** No NAT: containers stand in public subnets behind a closed security group, functions need Redis and S3 only. */
export function network() {
  const vpc = new sst.aws.Vpc("Vpc", { az: 2 });
  const region = aws.getRegionOutput().region;
  new aws.ec2.VpcEndpoint("UploadsEndpoint", {
    vpcId: vpc.id,
    vpcEndpointType: "Gateway",
    serviceName: $interpolate`com.amazonaws.${region}.s3`,
    routeTableIds: $output([vpc.nodes.privateRouteTables, vpc.nodes.publicRouteTables]).apply((tables) =>
      tables.flat().map((table) => table.id),
    ),
  });
  return { vpc, region };
}

/** One primary, so that a script may touch a room and an inbox together. Never evicts; no snapshot outlives the 24 hours. */
export function database(vpc: sst.aws.Vpc) {
  const redis = new sst.aws.Redis("Redis", {
    vpc,
    engine: "valkey",
    version: "8.0",
    cluster: false,
    instance: inProduction() ? "m7g.large" : "t4g.micro",
    parameters: { "maxmemory-policy": "noeviction" },
    dev: { host: "127.0.0.1", port: 6379 },
    transform: {
      cluster: (args) => {
        args.snapshotRetentionLimit = 0;
        args.numCacheClusters = inProduction() ? 2 : 1;
        args.automaticFailoverEnabled = inProduction();
        args.multiAzEnabled = inProduction();
      },
    },
  });
  const password = $output(redis.password).apply((text) => encodeURIComponent(text ?? ""));
  const redisUrl = $dev
    ? $interpolate`redis://${redis.host}:${redis.port}`
    : $interpolate`rediss://${redis.username}:${password}@${redis.host}:${redis.port}`;
  return { redis, redisUrl };
}

/** Private; bytes get in and out by signed forms and URLs. The lifecycle is there for the day that cleanup does not run. */
export function uploadStore(page: string) {
  return new sst.aws.Bucket("UploadStore", {
    cors: {
      allowOrigins: [page],
      allowMethods: ["GET", "HEAD", "POST"],
      allowHeaders: ["content-type"],
      maxAge: "1 hour",
    },
    lifecycle: [{ id: "forget", expiresIn: "1 day" }],
    transform: {
      lifecycle: (args) => {
        const abort = { id: "abort", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } };
        args.rules = $output(args.rules ?? []).apply((rules) => [...rules, { ...abort, filter: { prefix: "" } }]);
      },
    },
  });
}
