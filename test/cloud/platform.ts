/** SST's component sources and their packages, as `sst deploy` unpacks them: 323 MB from npm, no AWS account needed. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const run = promisify(execFile);
export const root = fileURLToPath(new URL("../..", import.meta.url));
export const platform = join(root, ".sst", "platform");

const noAws = {
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  SST_SKIP_DEPENDENCY_CHECK: "1",
  SST_NO_BUN: "1",
  SST_TELEMETRY_DISABLED: "1",
};

/** Does nothing where it has been done. */
export async function installPlatform(): Promise<void> {
  if (existsSync(join(platform, "node_modules", "@pulumi", "aws", "package.json"))) return;
  await run(join(root, "node_modules", ".bin", "sst"), ["install", "--stage", "test"], {
    cwd: root,
    env: { ...process.env, ...noAws },
    maxBuffer: 1 << 26,
  });
}
