/** What a test asks of an evaluated stack. */
import type { Inputs, Stack } from "./evaluate.ts";

export const secrets = {
  SST_SECRET_JwtKeys: `k1:${"s".repeat(32)}`,
  SST_SECRET_TurnSecret: "turn-secret",
  SST_SECRET_AdminToken: "admin-token",
};
export const deployed = {
  ...secrets,
  PASSERBY_DOMAIN: "chat.example.com",
  TURN_URLS: "turn:turn.example.com",
  PASSERBY_ADMIN: "true",
};

/** Pulumi wraps what it must not show. */
export const open = (value: unknown): unknown =>
  value !== null && typeof value === "object" && "4dabf18193072939515e22adb298388d" in value
    ? (value as unknown as { value: unknown }).value
    : value;

export interface Statement {
  effect?: string;
  actions: string[];
  resources: string[];
}
export const statements = (role: Inputs): Statement[] =>
  ((role["inlinePolicies"] ?? []) as { policy: string }[]).flatMap(
    ({ policy }) => (JSON.parse(policy) as { Statement: Statement[] }).Statement,
  );
/** Each role's actions on the bucket's objects and on the bucket. */
export const touches = (stack: Stack) =>
  Object.fromEntries(
    stack
      .all("Role")
      .map(({ name, inputs }) => [
        name,
        statements(inputs).flatMap((it) => it.actions.filter((a) => a.startsWith("s3:"))),
      ])
      .filter(([, actions]) => actions!.length > 0),
  );
export const leastPrivilege = {
  UploadsRole: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"],
  CleanupRole: ["s3:GetObject", "s3:DeleteObject", "s3:ListBucket"],
  SocketTierTaskRole: ["s3:DeleteObject"],
};

export const functionsOf = (stack: Stack) => stack.all("Function").filter(({ type }) => type.startsWith("aws:lambda/"));
export const fn = (stack: Stack, name: string) =>
  functionsOf(stack).find((it) => it.name === `${name}Function`)!.inputs;
export const envOf = (stack: Stack, name: string) =>
  (open(fn(stack, name)["environment"]) as { variables: Record<string, string> }).variables;

export interface Container {
  image: string;
  command: string[];
  stopTimeout: number;
  environment: { name: string; value: string }[];
  secrets: { name: string; valueFrom: string }[];
  healthCheck: { command: string[] };
}
export const container = (stack: Stack, service = "SocketTier") =>
  (JSON.parse(String(open(stack.one("TaskDefinition", `${service}Task`)["containerDefinitions"]))) as [Container])[0];
/** What a stage pays for, in the words of the plan of costs (test/growth/plan.ts). */
export function paidFor(stack: Stack) {
  const { minCapacity: tasks, maxCapacity: mostTasks } = stack.one("Target");
  const { cpu, memory } = stack.one("TaskDefinition", "SocketTierTask");
  const { nodeType, numCacheClusters: redisNodes } = stack.one("ReplicationGroup");
  const redis = String(nodeType).replace("cache.", "");
  return { tasks, mostTasks, vCpu: Number(cpu) / 1024, gb: Number(memory) / 1024, redis, redisNodes };
}
/** Whom a coturn refuses to reach, as its arguments say. */
export const denies = ({ command }: Container) =>
  command.filter((it) => it.startsWith("--denied-peer-ip=")).map((it) => it.slice(2));
export const containerEnv = (stack: Stack) =>
  Object.fromEntries(container(stack).environment.map(({ name, value }) => [name, value]));
