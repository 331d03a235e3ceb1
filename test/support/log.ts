import fs from "node:fs";
import { vi } from "vitest";

type Written = (error: null, bytes: number) => void;

/** Takes the log lines of this process: pino hands them to fs.write for stdout's descriptor, past process.stdout. */
export function listenToLog() {
  let text = "";
  const pass = fs.write as unknown as (fd: number, data: unknown, ...rest: unknown[]) => void;
  const spy = vi.spyOn(fs, "write").mockImplementation((fd: number, data: unknown, ...rest: unknown[]) => {
    if (fd !== 1) return pass(fd, data, ...rest);
    text += String(data);
    process.nextTick(rest.at(-1) as Written, null, Buffer.byteLength(String(data)));
  });
  return {
    text: () => text,
    lines: () =>
      text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    [Symbol.dispose]: () => spy.mockRestore(),
  };
}
