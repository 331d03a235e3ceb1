/** The HTTP functions behind the local gateway, in a process of their own: handlers read their settings once. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);

/** Starts this very file as a process; its first line that is an address is its own, lines of its log may come before. */
export async function startFunctions(settings: Record<string, string>): Promise<AsyncDisposable & { url: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", self, "--serve"], {
    env: { ...process.env, ...settings },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface(child.stdout);
  const url = await Promise.race([
    new Promise<string>((resolve) => lines.on("line", (line) => line.startsWith("http://") && resolve(line))),
    exited.then(() => Promise.reject(new Error("the functions ended at their start"))),
  ]);
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}

if (process.argv.includes("--serve")) {
  const [{ routeTable }, { startGateway }] = await Promise.all([
    import("../../functions/routes.ts"),
    import("../../local/gateway.ts"),
  ]);
  const gateway = await startGateway({ routes: routeTable, port: 0 });
  console.log(gateway.url);
  process.stdin.resume().once("end", () => process.exit(0));
}
