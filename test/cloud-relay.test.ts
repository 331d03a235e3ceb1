/** coturn on AWS, where it is asked for: sst.config.ts evaluated against mocks, not deployed. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { loadConfig } from "../shared/config.ts";
import { evaluate, type Inputs } from "./cloud/evaluate.ts";
import { installPlatform, root } from "./cloud/platform.ts";
import {
  container,
  containerEnv,
  denies,
  deployed,
  envOf,
  leastPrivilege,
  secrets,
  statements,
  touches,
} from "./cloud/reading.ts";

beforeAll(installPlatform, 240_000);

/** Whom local/turnserver.conf denies; test/turn.test.ts proves each. */
async function denied(): Promise<string[]> {
  const lines = (await readFile(join(root, "local/turnserver.conf"), "utf8")).split("\n");
  const ranges = lines.filter((line) => line.startsWith("denied-peer-ip="));
  expect(ranges.length).toBeGreaterThan(20);
  return ranges;
}
const { TURN_URLS: _others, ...without } = deployed;
const relayed = { ...without, PASSERBY_TURN: "true" };

test("a relay of one's own, where it is asked for, reaches nothing that turnserver.conf denies; guests are told of it", async () => {
  const stack = await evaluate({ stage: "relayed", env: relayed });
  const coturn = container(stack, "Relay");
  expect(denies(coturn)).toEqual(await denied());
  expect(coturn.command).toContain("--use-auth-secret");
  expect(await readFile(join(root, "local/compose.yaml"), "utf8")).toContain(coturn.image);

  expect(coturn.secrets).toEqual(container(stack).secrets.filter(({ name }) => name === "TURN_SECRET"));
  expect(JSON.stringify(coturn)).not.toContain(secrets.SST_SECRET_TurnSecret);
  expect(statements(stack.one("Role", "RelayTaskRole"))).toEqual([]);
  expect(statements(stack.one("Role", "RelayExecutionRole"))).toEqual([
    { actions: ["ssm:GetParameters"], resources: coturn.secrets.map((it) => it.valueFrom) },
  ]);

  const ports = ({ ingress }: Inputs) =>
    (ingress as { protocol: string; fromPort: number; toPort: number }[])
      .map(({ protocol, fromPort, toPort }) => `${protocol} ${fromPort}-${toPort}`)
      .toSorted();
  const asked = ["tcp 3478-3478", "udp 3478-3478"];
  expect(ports(stack.one("SecurityGroup", "RelayGroup"))).toEqual([...asked, "udp 49152-65535"]);
  expect(ports(stack.one("SecurityGroup", "RelayLoadBalancerSecurityGroup"))).toEqual([
    asked[0],
    "tcp 443-443",
    asked[1],
  ]);
  expect(stack.one("Service", "RelayService")["networkConfiguration"]).toMatchObject({
    assignPublicIp: true,
    securityGroups: ["RelayGroup-id"],
  });
  const listeners = stack.all("Listener").filter(({ name }) => name.startsWith("Relay"));
  expect(listeners.map(({ inputs }) => `${inputs["port"]}/${inputs["protocol"]}`).toSorted()).toEqual([
    "3478/TCP_UDP",
    "443/TLS",
  ]);
  expect(stack.one("LoadBalancer", "RelayLoadBalancer")).toMatchObject({
    loadBalancerType: "network",
    internal: false,
  });

  const host = "turn.relayed.chat.example.com";
  const told = [`turn:${host}:3478`, `turn:${host}:3478?transport=tcp`, `turns:${host}:443?transport=tcp`];
  expect(loadConfig(envOf(stack, "Api"))).toMatchObject({ turnUrls: told, secrets: { turn: "turn-secret" } });
  expect(containerEnv(stack)["TURN_URLS"]).toBe(told.join(","));
  expect(touches(stack)).toEqual(leastPrivilege);
}, 120_000);

test("the proof notices a relay that would reach what is denied", async () => {
  const edit = (source: string) => source.replace("...settings,", "");
  const stack = await evaluate({ stage: "unhardened", env: relayed, edit });
  expect(denies(container(stack, "Relay"))).not.toEqual(await denied());
}, 120_000);

test("two answers to who relays", async () => {
  const both = evaluate({ stage: "both", env: { ...relayed, TURN_URLS: "turn:turn.example.com" } });
  await expect(both).rejects.toThrow("PASSERBY_TURN brings a relay of our own and TURN_URLS names others");
}, 120_000);
