import { type Common, type Env, inProduction, mayRead, relayPort } from "./common.ts";

/** Where coturn lends its guests an address: its own range. */
const lent = { fromPort: 49_152, toPort: 65_535 };
/** Of local/compose.yaml too. */
const image = "coturn/coturn:4.6.3-r3-debian";

/** The very lines of turnserver.conf (who may relay, how much, and whom nobody reaches) as arguments. */
async function hardened(): Promise<string[]> {
  const { readFileSync } = await import("node:fs");
  const lines = readFileSync(`${$cli.paths.root}/local/turnserver.conf`, "utf8").split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => `--${line}`);
}

/**
 * coturn in public containers: guests come through a network balancer, which ends TLS; what they lend is an address of the container
 * itself, open to the peers. It asks the internet for that address when it starts (the image's own way).
 */
export function relay({ names, vpc }: Common, cluster: sst.aws.Cluster, parameters: Env) {
  const domain = names.relay!;
  const secret = { TURN_SECRET: parameters["TURN_SECRET"]! };
  const anywhere = { cidrBlocks: ["0.0.0.0/0"] };
  const asks = ["tcp", "udp"].map((protocol) => ({ protocol, fromPort: relayPort, toPort: relayPort, ...anywhere }));
  const group = new aws.ec2.SecurityGroup("RelayGroup", {
    vpcId: vpc.id,
    description: "Guests who ask the relay, and peers that it relays for",
    ingress: [...asks, { protocol: "udp", ...lent, ...anywhere }],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, ...anywhere }],
  });

  return new sst.aws.Service("Relay", {
    cluster,
    architecture: "arm64",
    cpu: inProduction() ? "1 vCPU" : "0.25 vCPU",
    memory: inProduction() ? "2 GB" : "0.5 GB",
    image,
    // The image evaluates its arguments: neither secret nor address stands in the task definition.
    command: $output(hardened()).apply((settings) => [
      ...settings,
      `--listening-port=${relayPort}`,
      `--min-port=${lent.fromPort}`,
      `--max-port=${lent.toPort}`,
      `--realm=${domain}`,
      "--no-tls",
      "--no-dtls",
      "--external-ip=$(detect-external-ip)",
      "--static-auth-secret=$TURN_SECRET",
    ]),
    ssm: secret,
    logging: { retention: "1 week" },
    loadBalancer: {
      domain,
      rules: [
        { listen: `${relayPort}/tcp_udp`, forward: `${relayPort}/tcp_udp` },
        { listen: "443/tls", forward: `${relayPort}/tcp` },
      ],
    },
    // A call whose relay goes asks for another and goes on.
    scaling: { min: 1, max: inProduction() ? 4 : 1, cpuUtilization: 60, memoryUtilization: 70 },
    transform: {
      loadBalancerSecurityGroup: (args) =>
        void (args.ingress = [...asks, { protocol: "tcp", fromPort: 443, toPort: 443, ...anywhere }]),
      target: { deregistrationDelay: 30 },
      service: (args) => {
        args.enableExecuteCommand = false;
        args.networkConfiguration = $output(args.networkConfiguration!).apply((network) => ({
          ...network,
          securityGroups: [group.id],
        }));
      },
      taskRole: (args) => void (args.inlinePolicies = []),
      executionRole: (args) => void (args.inlinePolicies = mayRead(secret)),
    },
  });
}
