/** Part of `npm run check`: sst.config.ts and its parts against SST's own types, where they have been unpacked (test/cloud.test.ts does, 323 MB). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { platform, root, run } from "./platform.ts";

if (existsSync(join(platform, "node_modules", "@pulumi", "aws", "package.json"))) {
  const tsc = run(join(root, "node_modules/.bin/tsc"), ["-p", "test/cloud/tsconfig.json"], { cwd: root });
  await tsc.catch((error: { stdout: string }) => {
    console.error(error.stdout);
    process.exitCode = 1;
  });
} else console.error("sst.config.ts is left to npm test: SST's types are not unpacked yet");
