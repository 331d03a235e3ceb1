/** What a page does with devices and connections, told by the browser's own objects. */
import type { BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";

declare const connections: RTCPeerConnection[];
declare const taken: MediaStreamTrack[];
declare const heardTexts: string[];

/** Every connection and every track of a device that the context's pages make is remembered in them. */
export async function watchMedia(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const page = globalThis as unknown as Record<string, unknown>;
    const made: RTCPeerConnection[] = (page["connections"] = []);
    const tracks: MediaStreamTrack[] = (page["taken"] = []);
    const Real = RTCPeerConnection;
    const texts: string[] = (page["heardTexts"] = []);
    page["RTCPeerConnection"] = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
      override setRemoteDescription(description: RTCSessionDescriptionInit) {
        texts.push(description.sdp ?? "");
        return super.setRemoteDescription(description);
      }
      override addIceCandidate(candidate?: RTCIceCandidateInit | null) {
        texts.push(candidate?.candidate ?? "");
        return super.addIceCandidate(candidate);
      }
    };
    const { mediaDevices } = navigator;
    for (const name of ["getUserMedia", "getDisplayMedia"] as const) {
      const real = mediaDevices[name].bind(mediaDevices) as (wanted?: unknown) => Promise<MediaStream>;
      mediaDevices[name] = async (wanted?: unknown) => {
        const stream = await real(wanted);
        tracks.push(...stream.getTracks());
        return stream;
      };
    }
  });
}

/** Kinds of the devices that are on. */
export const devicesInUse = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    taken
      .filter(({ readyState }) => readyState === "live")
      .map(({ kind }) => kind)
      .toSorted(),
  );

/** The next device that the page asks for comes when the answer is called, and not before it was asked for. */
export async function holdDevice(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(() => {
    const { mediaDevices } = navigator;
    const real = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
      mediaDevices.getUserMedia = real;
      await new Promise((letGo) => Object.assign(globalThis, { letGo }));
      return real(wanted);
    };
  });
  return () => page.waitForFunction(() => (globalThis as { letGo?: () => void }).letGo?.() ?? "letGo" in globalThis);
}

/** Pictures that were decoded, over all connections that are open. */
export const decoded = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    let frames = 0;
    for (const connection of connections.filter(({ connectionState }) => connectionState !== "closed"))
      for (const entry of (await connection.getStats()).values() as Iterable<{ type: string; framesDecoded?: number }>)
        if (entry.type === "inbound-rtp") frames += entry.framesDecoded ?? 0;
    return frames;
  });

/** From how many connections pictures have come, those that are open. */
export const sources = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const open = connections.filter(({ connectionState }) => connectionState === "connected");
    const reports = await Promise.all(open.map((connection) => connection.getStats()));
    return reports.filter((report) => {
      const entries = [...(report as unknown as Map<string, { type: string; framesDecoded?: number }>).values()];
      return entries.some(({ type, framesDecoded = 0 }) => type === "inbound-rtp" && framesDecoded > 0);
    }).length;
  });

/** Pictures arrive, and go on arriving. */
export async function flows(page: Page): Promise<void> {
  let before = Number.POSITIVE_INFINITY;
  await expect
    .poll(
      async () => {
        const now = await decoded(page);
        const grew = now > before;
        before = now;
        return grew;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(true);
}

/** Of every candidate that the other end has sent: its type, and the address it gives as its own behind that. */
export const heard = (page: Page): Promise<{ types: string[]; related: string[] }> =>
  page.evaluate(() => {
    const all = heardTexts.join("\n");
    return {
      types: [...all.matchAll(/^(?:a=)?candidate:.* typ (\w+)/gm)].map(([, type]) => type!),
      related: [...all.matchAll(/ raddr (\S+)/g)].map(([, address]) => address!),
    };
  });

/** Types of the two ends of every way that is in use: `relay`, `host`, … */
export const routes = (page: Page): Promise<{ local: string; remote: string }[]> =>
  page.evaluate(async () => {
    const found: { local: string; remote: string }[] = [];
    for (const connection of connections.filter(({ connectionState }) => connectionState === "connected")) {
      const report = (await connection.getStats()) as unknown as Map<string, Record<string, string>>;
      const transport = [...report.values()].find((entry) => entry["selectedCandidatePairId"]);
      const pair = report.get(transport?.["selectedCandidatePairId"] ?? "");
      if (!pair) continue;
      const type = (id: string | undefined) => report.get(id ?? "")?.["candidateType"] ?? "none";
      found.push({ local: type(pair["localCandidateId"]), remote: type(pair["remoteCandidateId"]) });
    }
    return found;
  });
