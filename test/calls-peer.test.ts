/** One connection between two ends, in a real browser, over a channel that loses, repeats and reorders what it carries. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { createPeer as Create, Peer, PeerView } from "../web/src/calls/peer.ts";
import type { Signal } from "../shared/protocol/index.ts";
import { callFlags, launch } from "./support/browser.ts";

type Name = "newcomer" | "other";
type Fate = "pass" | "lose" | "hold";

/** What the page holds while a test runs. */
interface World {
  createPeer: typeof Create;
  camera: MediaStreamTrack;
  ends: Partial<Record<Name, Peer>>;
  views: Partial<Record<Name, PeerView>>;
  sent: string[];
  /** Decides over each signal; by default all pass. */
  fate: (from: Name, kind: string, n: number) => Fate;
  held: (() => void)[];
  open: (name: Name) => void;
  decoded: (name: Name) => Promise<number>;
}
declare const world: World;

let browser: Browser;
let page: Page;

const peerScript = async () => {
  const entryPoint = fileURLToPath(new URL("../web/src/calls/peer.ts", import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "peer",
  });
  return outputFiles[0]!.text;
};

/** Runs in the page: two ends and the channel between them. */
function prepare() {
  const canvas = document.createElement("canvas");
  canvas.width = 160;
  canvas.height = 120;
  const context = canvas.getContext("2d")!;
  let turn = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(turn += 7)} 60% 50%)`;
    context.fillRect(0, 0, 160, 120);
  }, 100);
  const [camera] = canvas.captureStream(10).getVideoTracks();
  const other = (name: Name): Name => (name === "newcomer" ? "other" : "newcomer");
  const kindOf = (signal: Signal) => ("candidate" in signal ? "candidate" : signal.description.type);
  const created: World = {
    createPeer: (globalThis as unknown as { peer: { createPeer: typeof Create } }).peer.createPeer,
    camera: camera!,
    ends: {},
    views: {},
    sent: [],
    fate: () => "pass",
    held: [],
    open(name) {
      const end: Peer = created.createPeer({
        offers: name === "newcomer",
        configuration: async () => ({}),
        tracks: { camera },
        onChange: (view) => (created.views[name] = view),
        send(signal) {
          // What an end that is gone still says reaches nobody.
          if (created.ends[name] && created.ends[name] !== end) return;
          const kind = kindOf(signal);
          const n = created.sent.filter((one) => one === `${name} ${kind}`).length;
          created.sent.push(`${name} ${kind}`);
          const deliver = () => created.ends[other(name)]?.receive(JSON.parse(JSON.stringify(signal)) as Signal);
          const fate = created.fate(name, kind, n);
          if (fate === "pass") setTimeout(deliver, 5);
          else if (fate === "hold") created.held.push(deliver);
        },
      });
      created.ends[name] = end;
    },
    async decoded(name) {
      const report = await created.ends[name]?.stats();
      let frames = 0;
      report?.forEach((entry: { type: string; framesDecoded?: number }) => {
        if (entry.type === "inbound-rtp") frames += entry.framesDecoded ?? 0;
      });
      return frames;
    },
  };
  (globalThis as unknown as { world: World }).world = created;
}

const bothOpen = () =>
  page.evaluate(() => {
    world.open("other");
    world.open("newcomer");
  });
const links = () => page.evaluate(() => [world.views.newcomer?.link, world.views.other?.link]);
const decoded = () => page.evaluate(async () => [await world.decoded("newcomer"), await world.decoded("other")]);
const sent = () => page.evaluate(() => world.sent);

/** Pictures arrive at both ends, and go on arriving. */
async function flows() {
  await expect.poll(links, { timeout: 60_000 }).toEqual(["connected", "connected"]);
  const before = await decoded();
  const grown = async () => (await decoded()).map((frames, end) => frames > before[end]!);
  await expect.poll(grown, { timeout: 60_000 }).toEqual([true, true]);
}

beforeAll(async () => {
  browser = await launch(callFlags);
});
afterAll(async () => browser?.close());
beforeEach(async () => {
  // Without the permission a machine that has only `lo` gathers nothing.
  const context = await browser.newContext({ permissions: ["camera", "microphone"] });
  page = await context.newPage();
  await page.route("http://localhost/", (route) => route.fulfill({ contentType: "text/html", body: "<p>" }));
  await page.goto("http://localhost/");
  await page.addScriptTag({ content: await peerScript() });
  await page.evaluate(prepare);
  return () => context.close();
});

test("[C3] the newcomer alone offers, once; pictures flow both ways; one that is turned off and on needs no offer", async () => {
  await bothOpen();
  await flows();
  await page.evaluate(() => {
    world.ends.newcomer!.setTracks({});
    world.ends.newcomer!.setTracks({ camera: world.camera });
  });
  await flows();
  expect((await sent()).filter((one) => one.endsWith("offer"))).toEqual(["newcomer offer"]);
});

test("[C3] candidates that come before their description wait for it", async () => {
  await page.evaluate(() => {
    world.fate = (_from, kind) => (kind === "offer" || kind === "answer" ? "hold" : "pass");
  });
  await bothOpen();
  const release = () => page.evaluate(() => world.held.splice(0).forEach((deliver) => deliver()));
  for (const mine of ["newcomer", "other"]) {
    await expect.poll(async () => (await sent()).includes(`${mine} candidate`)).toBe(true);
    await release();
  }
  await page.evaluate(() => (world.fate = () => "pass"));
  await flows();
  expect((await sent()).filter((one) => one.endsWith("offer"))).toEqual(["newcomer offer"]);
});

test("[C3] a lost offer, then a lost answer: it is offered again", async () => {
  await page.evaluate(() => {
    world.fate = (_from, kind, n) => ((kind === "offer" || kind === "answer") && n === 0 ? "lose" : "pass");
  });
  await bothOpen();
  await flows();
  expect((await sent()).filter((one) => one.endsWith("offer")).length).toBeGreaterThanOrEqual(3);
});

test("[C3] both restart at once, and all is said twice: one gives way", async () => {
  await bothOpen();
  await flows();
  await page.evaluate(() => {
    for (const end of Object.values(world.ends)) {
      const { receive } = end;
      end.receive = (signal) => {
        receive(signal);
        receive(signal);
      };
    }
    world.ends.newcomer!.restart();
    world.ends.other!.restart();
  });
  await expect.poll(async () => (await sent()).includes("other offer")).toBe(true);
  await flows();
});

test("[C4] an end that is a new page's is met with a new connection, whichever of the two it is", async () => {
  await bothOpen();
  await flows();
  const again = (name: Name) =>
    page.evaluate((name) => {
      world.ends[name]!.close();
      world.ends[name] = undefined;
      world.views[name] = undefined;
      world.open(name);
    }, name);
  await again("newcomer");
  await flows();
  // The other one can only wait until its silence is noticed.
  await again("other");
  await flows();
});
