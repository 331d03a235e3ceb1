/** Two people call each other, with Chromium's beeping microphone and its drawn camera; nothing here is simulated but the devices. */
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, callFlags, desktop, mobile, startProduct, type Person, type Product } from "./support/browser.ts";
import { decoded, devicesInUse, flows, holdDevice, watchMedia } from "./support/media.ts";
import { examine, speak } from "./support/screens.ts";
import { until } from "./support/until.ts";

let programs: string;
let product: Product;
let ann: Person;
let ben: Person;
let a: Page;
let b: Page;

const looks = async (page: Page, name: string) => expect(await examine(product, page, name)).toEqual([]);
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const stage = (page: Page) => page.getByRole("region", { name: /^Call with/ });
const incoming = (page: Page) => page.getByRole("alertdialog");
const hangUp = (page: Page) => button(page, "Hang up").click();
const allowDirect = (page: Page) =>
  page.locator(".call-note").getByRole("button", { name: "Allow a direct connection" });

/** In a call, and on the direct way. */
async function talk(media: "Call" | "Video call", answer: "Answer" | "With video") {
  await button(a, media).click();
  await incoming(b).waitFor();
  await button(b, answer).click();
  for (const page of [a, b]) await allowDirect(page).click();
  for (const page of [a, b])
    await stage(page)
      .getByText(/(?<!direct )connection$/)
      .waitFor();
}

const permissions = ["camera", "microphone"];
const person = (options: Parameters<Product["person"]>[0]) =>
  product.person({ ...options, permissions }, { agreed: true }, (context: BrowserContext) => watchMedia(context));

beforeAll(async () => {
  // A coturn that does not start, so no relay: the only way is the one both agree to.
  programs = await mkdtemp(join(tmpdir(), "passerby-programs-"));
  await symlink("/bin/false", join(programs, "turnserver"));
  const PATH = [programs, process.env["PATH"]].join(delimiter);
  // The nodes are asked for many times while there are none.
  product = await startProduct({ PATH, API_PER_15_MIN: "10000" }, callFlags);
  [ann, ben] = await Promise.all([person(desktop), person(mobile)]);
  [a, b] = [ann.page, ben.page];
  await Promise.all([begin(a), begin(b)]);
  for (const page of [a, b]) await page.getByText("Say hello. They're a stranger here, too.").waitFor();
}, 300_000);
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await rm(programs, { recursive: true, force: true });
});

test("[C1][C5] a video call: nothing is on before the answer, no way before both agree, then pictures on both sides", async () => {
  await button(a, "Video call").click();
  await stage(a).getByText("Ringing…").waitFor();
  await incoming(b).waitFor();
  await expect.poll(() => b.title()).toMatch(/is calling/);
  await expect.poll(() => devicesInUse(b)).toEqual([]);
  await Promise.all([looks(a, "ringing-out"), looks(b, "ringing-in")]);
  await button(b, "With video").click();
  await allowDirect(a).waitFor();
  await allowDirect(b).waitFor();
  await looks(b, "consent");
  await allowDirect(a).click();
  await a
    .locator(".call-note")
    .getByText(/^Waiting for .* to allow a direct connection/)
    .waitFor();
  expect(await decoded(b)).toBe(0);
  await allowDirect(b).click();
  await Promise.all([flows(a), flows(b)]);
  for (const page of [a, b])
    await stage(page)
      .getByText(/(?<!direct )connection$/)
      .waitFor();
});

test("a stranger's picture is blurred until it is asked for", async () => {
  for (const page of [a, b]) {
    await page.locator("video.blurred").waitFor();
    const filter = () => page.locator("video.blurred").evaluate((video) => getComputedStyle(video).filter);
    await expect.poll(filter).toContain("blur");
    if (page === b) await looks(b, "blurred");
    await page.getByRole("button", { name: /^Show .*'s picture$/ }).click();
    await page.locator("video.blurred").waitFor({ state: "detached" });
  }
  await looks(a, "call");
  await speak(product, a, "ar");
  await looks(a, "rtl-call");
  await speak(product, a, "en");
});

test("muted is seen on the other side; a screen is shared and taken back", async () => {
  await button(a, "Microphone").click();
  await stage(b).getByText("is muted").waitFor({ state: "attached" });
  await a.keyboard.press("Control+d");
  await stage(b).getByText("is muted").waitFor({ state: "detached" });
  await button(a, "Share screen").click();
  await stage(b)
    .getByText(/'s screen$/)
    .waitFor();
  await looks(b, "sharing");
  await button(a, "Share screen").click();
  await stage(b)
    .getByText(/'s screen$/)
    .waitFor({ state: "detached" });
});

test("[C4] the call survives a reload on either side, with the same devices on", async () => {
  for (const [page, other] of [
    [b, a],
    [a, b],
  ] as const) {
    await page.reload();
    await stage(page).waitFor();
    await Promise.all([flows(page), flows(other)]);
    await expect.poll(() => devicesInUse(page)).toEqual(["audio", "video"]);
    expect(await page.locator("video.blurred").count()).toBe(0); // asked for once is asked for
  }
});

test("[C4] the call survives the death of its nodes", async () => {
  const nodes = async () => {
    const answer = (await (await fetch(`${product.url}/api/socket/stats`)).json()) as {
      nodes: { pid: number; state: string }[];
    };
    return answer.nodes.filter(({ state }) => state === "ready").map(({ pid }) => pid);
  };
  const before = await nodes();
  for (const pid of before) process.kill(pid, "SIGKILL");
  await until(
    "the nodes are others",
    async () => (await nodes()).filter((pid) => !before.includes(pid)).length === before.length,
    60_000,
  );
  await Promise.all([flows(a), flows(b)]);
  // What is said now goes through the new ones.
  await button(a, "Microphone").click();
  await stage(b).getByText("is muted").waitFor({ state: "attached" });
});

test("one hangs up: the other's devices are released, and both can write on", async () => {
  await hangUp(a);
  await stage(b).waitFor({ state: "detached" });
  await b.getByText("The call has ended.").waitFor();
  await product.shot(b, "over-mobile");
  for (const page of [a, b]) await expect.poll(() => devicesInUse(page)).toEqual([]);
  await a.getByRole("textbox", { name: /^Message to/ }).fill("That was nice");
  await a.keyboard.press("Enter");
  await b.getByText("That was nice", { exact: true }).waitFor();
});

test("audio becomes video without a new call or a new connection", async () => {
  await talk("Call", "Answer");
  await expect.poll(() => devicesInUse(a)).toEqual(["audio"]);
  await looks(a, "audio");
  const connections = (page: Page) =>
    page.evaluate(() => (window as unknown as { connections: unknown[] }).connections.length);
  const before = await connections(a);
  await button(a, "Camera").click();
  await flows(b);
  expect(await connections(a)).toBe(before);
  await hangUp(b);
  await stage(a).waitFor({ state: "detached" });
});

test("[C1] both press call at once: one call", async () => {
  // Both have pressed before either hears of it: their microphones come at the same moment.
  const coming = [];
  for (const page of [a, b]) {
    coming.push(await holdDevice(page));
    await button(page, "Call").click();
  }
  await Promise.all(coming.map((letGo) => letGo()));
  for (const page of [a, b]) await stage(page).getByText("Not connected").waitFor();
  for (const page of [a, b]) await expect.poll(() => incoming(page).count()).toBe(0);
  await hangUp(a);
  await stage(b).waitFor({ state: "detached" });
});

test("[C2] declined, and taken back before an answer: each with its sentence", async () => {
  await button(b, "Call").click();
  await button(a, "Decline").click();
  await b.getByText(/can't talk just now/).waitFor();
  await expect.poll(() => devicesInUse(b)).toEqual([]);
  await button(b, "Call").click();
  await incoming(a).waitFor();
  await hangUp(b);
  await a.getByText(/^You missed a call from/).waitFor();
  await looks(a, "missed");
  await button(a, "Dismiss").click();
});

test("devices are chosen with a level and a picture, and let go with the dialog", async () => {
  await button(b, "Call").click();
  await incoming(a).waitFor();
  await button(a, "Check devices").click();
  const dialog = a.getByRole("dialog", { name: "Devices" });
  const level = dialog.getByRole("meter", { name: "Microphone level" });
  await expect.poll(() => level.evaluate((meter: HTMLMeterElement) => meter.value)).toBeGreaterThan(0.05);
  await button(a, "See yourself").click();
  await dialog.getByLabel("How you are seen").waitFor();
  await expect.poll(() => dialog.getByLabel("Camera").locator("option").allInnerTexts()).toEqual(["fake_device_0"]);
  expect(await dialog.getByLabel("Ring aloud when somebody calls").isChecked()).toBe(false);
  await looks(a, "devices");
  await a.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => devicesInUse(a)).toEqual([]);
  await hangUp(b);
  await incoming(a).waitFor({ state: "detached" });
});

test("without a camera, or without leave to use the microphone: a sentence, the way out, and a way on", async () => {
  const refuse = (page: Page, kind: "audio" | "video", name: string) =>
    page.evaluate(
      ([kind, name]) => {
        const { mediaDevices } = navigator;
        const real = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = (wanted) =>
          wanted?.[kind as "audio"] ? Promise.reject(new DOMException("", name)) : real(wanted);
      },
      [kind, name] as const,
    );
  await refuse(b, "video", "NotFoundError");
  await button(b, "Video call").click();
  await b.getByText(/No camera was found. Connect one/).waitFor();
  await looks(b, "no-camera");
  await button(b, "Go on without camera").click();
  await refuse(a, "audio", "NotAllowedError");
  await button(a, "Answer").click();
  await a.getByText(/may not use the microphone. Allow it in the site settings/).waitFor();
  await product.shot(a, "no-microphone-desktop");
  await button(a, "Go on without microphone").click();
  await stage(b).getByText("is muted").waitFor({ state: "attached" });
  await hangUp(a);
  await stage(b).waitFor({ state: "detached" });
});

test("one key out: everything is off, the other one is blocked, and can be reported", async () => {
  await a.reload();
  await a.getByRole("textbox", { name: /^Message to/ }).waitFor();
  await talk("Call", "Answer");
  await button(a, "More").click();
  await button(a, "Report or block").click();
  await a.getByRole("dialog", { name: /^Report/ }).waitFor();
  await a.keyboard.press("F8"); // whatever is open
  await a.getByRole("heading", { name: "You're out of the call" }).waitFor();
  expect(await a.locator("dialog[open]").count()).toBe(1);
  await expect.poll(() => devicesInUse(a)).toEqual([]);
  await looks(a, "panic");
  await stage(b).waitFor({ state: "detached" });
  await b.getByText("This chat was ended.").waitFor();
  // A node that is dead refuses sockets.
  const faults = [ann, ben].flatMap((person) => person.faults);
  expect(faults.filter((fault) => !fault.startsWith("console: WebSocket"))).toEqual([]);
});

test("[C1] two who chose video are in one call as soon as they meet, without asking or answering", async () => {
  const pages = (await Promise.all([person(desktop), person(mobile)])).map(({ page }) => page);
  for (const page of pages) {
    await page.getByRole("radio", { name: "Video" }).check();
    await page.getByText(/call them when you meet/).waitFor();
  }
  await Promise.all(pages.map(begin));
  for (const page of pages) await allowDirect(page).click();
  await Promise.all(pages.map(flows));
  for (const page of pages) await expect.poll(() => incoming(page).count()).toBe(0);
  const [x, y] = pages as [Page, Page];
  await x.reload(); // the same call, not another
  await stage(x).waitFor();
  await hangUp(y);
  for (const page of pages) await stage(page).waitFor({ state: "detached" });

  // Next while it rings: the ringing goes with the chat, and nothing but the chat's own sentence is said of it.
  await button(x, "Call").click();
  await incoming(y).waitFor();
  await y.keyboard.press("Escape");
  await button(y, "Really?").waitFor();
  await y.keyboard.press("Escape");
  await y.getByRole("heading", { name: /Looking for/ }).waitFor();
  await x.getByText(/has moved on to someone else/).waitFor();
  for (const page of pages) {
    await expect.poll(() => incoming(page).count()).toBe(0);
    await stage(page).waitFor({ state: "detached" });
    await expect.poll(() => devicesInUse(page)).toEqual([]);
    expect(await page.getByText("The call ended with the chat.").count()).toBe(0);
    await page.context().close();
  }
});
