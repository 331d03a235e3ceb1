/** Runs inside the bundle that evaluates sst.config.ts: Pulumi's own mocks in place of its engine and of AWS. */
import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

const resources = [];
/** What `sst dev` would run, by component. */
const commands = {};

function die(error) {
  console.error(error?.stack ?? error);
  process.exit(1);
}

const arn = ({ type, name }) => `arn:aws:mock:eu-west-1:123456789012:${type.split("/").pop()}/${name}`;

/** What AWS would have made up. */
function madeUp({ type, name, inputs }) {
  const host = `${name.toLowerCase()}.example.net`;
  return {
    ...inputs,
    arn: arn({ type, name }),
    name: inputs.name ?? name,
    bucket: inputs.bucket ?? name.toLowerCase(),
    arnSuffix: `suffix/${name}`,
    dnsName: host,
    zoneId: "Z1",
    domainName: inputs.domainName ?? host,
    apiEndpoint: `https://${host}`,
    bucketRegionalDomainName: host,
    executionArn: arn({ type, name }),
    invokeArn: arn({ type, name }),
    qualifiedArn: arn({ type, name }),
    certificateArn: arn({ type, name }),
    primaryEndpointAddress: host,
    clusterEnabled: inputs.clusterMode === "enabled",
    result: "pass/word#1",
    base64: Buffer.alloc(32, 7).toString("base64"),
    digest: "sha256:0000",
    ref: `${host}/image@sha256:0000`,
    domainValidationOptions: [
      { domainName: "x", resourceRecordName: "x", resourceRecordValue: "x", resourceRecordType: "CNAME" },
    ],
  };
}

const answers = {
  "aws:index/getRegion:getRegion": () => ({ name: "eu-west-1", region: "eu-west-1", id: "eu-west-1" }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com" }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ names: ["eu-west-1a", "eu-west-1b"] }),
  "aws:iam/getPolicyDocument:getPolicyDocument": ({ statements }) => ({
    json: JSON.stringify({ Statement: statements }),
    statements: statements.length > 0 ? statements : undefined,
  }),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": () => ({ proxyEndpoint: "x", userName: "x", password: "x" }),
  "aws:route53/getZone:getZone": ({ name }) => ({ zoneId: "Z1", name, id: "Z1" }),
  "aws:ec2/getAmi:getAmi": () => ({ id: "ami-1" }),
};

export function install() {
  process.on("unhandledRejection", die);
  const newResource = (made) => {
    resources.push({ type: made.type, name: made.name, inputs: made.inputs });
    return { id: made.id || `${made.name}-id`, state: madeUp(made) };
  };
  const call = ({ token, inputs }) => answers[token]?.(inputs) ?? inputs;
  pulumi.runtime.setMocks({ newResource, call }, "passerby", "test", false);
  const component = pulumi.ComponentResource.prototype;
  const { registerOutputs } = component;
  component.registerOutputs = function (outputs) {
    // oxlint-disable-next-line no-underscore-dangle -- SST's name and Pulumi's
    if (outputs?._dev) pulumi.output(outputs._dev).apply((dev) => (commands[this.__name] = dev));
    return registerOutputs.call(this, outputs);
  };
}

export async function finish(program, file) {
  // A connection to the engine would keep the event loop alive; here nothing does.
  const alive = setInterval(() => {}, 1_000);
  try {
    const outputs = {};
    for (const [name, value] of Object.entries((await pulumi.runtime.runInPulumiStack(program)) ?? {}))
      outputs[name] = pulumi.Output.isInstance(value) ? await value.promise(true) : value;
    await pulumi.runtime.disconnect(); // once all that was begun is registered
    writeFileSync(file, JSON.stringify({ resources, outputs, commands }));
    process.exit(0);
  } catch (error) {
    die(error);
  } finally {
    clearInterval(alive);
  }
}
