import fs from "node:fs";
import { vi } from "vitest";

/** Takes the log lines of this process: pino hands them to fs.writeSync for stdout's descriptor, past process.stdout. */
export function listenToLog() {
  let text = "";
  const pass = fs.writeSync as unknown as (fd: number, data: unknown, ...rest: unknown[]) => number;
  const spy = vi.spyOn(fs, "writeSync").mockImplementation((fd: number, data: unknown, ...rest: unknown[]) => {
    if (fd !== 1) return pass(fd, data, ...rest);
    text += String(data);
    return Buffer.byteLength(String(data));
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
