/** A disk of one megabyte: a tmpfs in a mount namespace of its own, for which nobody needs to be root where user namespaces are allowed. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** For root in a container without user namespaces, then for everybody else. */
const ways = [["--mount"], ["--user", "--map-root-user", "--mount"]];
const mount = ["sh", "-c", 'mount -t tmpfs -o size=1m tmpfs "$1" && echo up && exec cat', "sh"];

function firstWay(): { way: string[] } | { why: string } {
  let why = "";
  for (const way of ways)
    try {
      execFileSync("unshare", [...way, ...mount, tmpdir()], { input: "", stdio: "pipe" });
      return { way };
    } catch (error) {
      why = (error as Error).message.trim().split("\n").at(-1)!;
    }
  return { why };
}

const found = firstWay();
/** Why there can be none here. */
export const noSmallDisk = "why" in found ? found.why : undefined;

/** It goes with its process, and that one with us. */
export async function smallDisk(): Promise<Disposable & { path: string }> {
  if ("why" in found) throw new Error(found.why);
  const at = mkdtempSync(join(tmpdir(), "passerby-full-"));
  const holder = spawn("unshare", [...found.way, ...mount, at], { stdio: ["pipe", "pipe", "inherit"] });
  await once(holder.stdout, "data", { signal: AbortSignal.timeout(30_000) });
  return {
    path: `/proc/${holder.pid}/root${at}`,
    [Symbol.dispose]() {
      holder.stdin.end();
      rmdirSync(at);
    },
  };
}
