/** `npm run test:s3`: what is kept in S3, on a real one: a Ceph RGW from Debian, started here and thrown away (about 45 s). */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const packages = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"];
const installed = (name: string) => spawnSync("which", [name]).status === 0;

if (!["radosgw", "ceph-mon", "ceph-osd", "ceph"].every(installed)) {
  if (process.getuid?.() !== 0 || !installed("apt-get")) {
    console.error(`A Ceph RGW is needed: apt-get install ${packages.join(" ")}`);
    process.exit(1);
  }
  console.log(`Installing ${packages.join(", ")} (61 MB) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  execFileSync("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env, stdio: "ignore" });
}

const folder = mkdtempSync(join(tmpdir(), "passerby-rgw-"));
let status: number | null = 1;
try {
  execFileSync("bash", [join(import.meta.dirname, "support/rgw-up.sh"), folder], {
    stdio: ["ignore", "inherit", "ignore"],
  });
  const env = {
    ...process.env,
    S3_TEST_ENDPOINT: "http://127.0.0.1:7480",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "testtest",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  status = spawnSync("npx", ["vitest", "run", "test/storage-s3.test.ts"], { env, stdio: "inherit" }).status;
} finally {
  for (const name of ["rgw.pid", "osd.pid", "mon.pid"].filter((file) => readdirSync(folder).includes(file))) {
    try {
      process.kill(Number(readFileSync(join(folder, name), "utf8")), "SIGKILL"); // it has nothing that it could lose
    } catch {
      // gone already
    }
  }
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status ?? 1);
