/** The same call through a real coturn: what reaches the other page names nothing but the relay, until both want it otherwise. */
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findTurnServer } from "../local/turn.ts";
import { installPackage } from "../local/programs.ts";
import { begin, callFlags, desktop, fits, mobile, startProduct, type Product } from "./support/browser.ts";
import { examine } from "./support/screens.ts";
import { devicesInUse, flows, heard, routes, sources, watchMedia } from "./support/media.ts";

let product: Product;
let a: Page;
let b: Page;
let faults: string[][];

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const permissions = ["camera", "microphone"];
const person = (options: Parameters<Product["person"]>[0]) =>
  product.person({ ...options, permissions }, { agreed: true }, (context: BrowserContext) => watchMedia(context));

beforeAll(async () => {
  if (!findTurnServer())
    installPackage("coturn", "No coturn was found: apt-get install -y --no-install-recommends coturn");
  product = await startProduct({}, callFlags);
  const people = await Promise.all([person({ ...mobile, colorScheme: "light" }), person(desktop)]);
  [a, b] = [people[0].page, people[1].page];
  faults = people.map(({ faults }) => faults);
  await Promise.all([begin(a), begin(b)]);
  for (const page of [a, b]) await page.getByText("Say hello. They're a stranger here, too.").waitFor();
}, 300_000);
afterAll(async () => product?.[Symbol.asyncDispose]());

const relayed = { local: "relay", remote: "relay" };
/** The ways in use, once pictures flow on them. */
const way = async (page: Page) => {
  await flows(page);
  return (await routes(page))[0];
};

test("[C5] at first all goes through the relay, and no other address has reached either page", async () => {
  await button(a, "Video call").click();
  await button(b, "With video").click();
  for (const page of [a, b]) {
    await expect.poll(() => way(page), { timeout: 60_000 }).toEqual(relayed);
    await page.getByRole("button", { name: "Address hidden" }).waitFor();
    const { types, related } = await heard(page);
    expect(types.length).toBeGreaterThan(0);
    expect([...new Set(types)]).toEqual(["relay"]);
    expect([...new Set(related)]).toEqual(["0.0.0.0"]);
  }
});

test("[C5] direct is wished for, allowed, and taken back; the call goes on all along", async () => {
  const about = a.getByRole("dialog", { name: "Who sees your address" });
  await a.getByRole("button", { name: "Address hidden" }).click();
  await about.getByText(/can't see your network address/).waitFor();
  await product.shot(a, "route-mobile-light");
  expect(await fits(a)).toBe(true);
  await about.getByRole("button", { name: "Allow a direct connection" }).click();
  const wish = b.locator(".call-note").filter({ hasText: "would like a direct connection" });
  await wish.waitFor();
  await product.shot(b, "wish-desktop");
  await expect.poll(() => way(b), { timeout: 60_000 }).toEqual(relayed);
  await wish.getByRole("button", { name: "Allow a direct connection" }).click();
  for (const page of [a, b]) {
    await expect.poll(async () => (await way(page))?.local, { timeout: 60_000 }).not.toBe("relay");
    await page.getByRole("button", { name: "Direct", exact: true }).waitFor();
  }
  await b.getByRole("button", { name: "Direct", exact: true }).click();
  await button(b, "Hide my address again").click();
  for (const page of [a, b]) {
    await expect.poll(() => way(page), { timeout: 60_000 }).toEqual(relayed);
    await page.getByRole("button", { name: "Address hidden" }).waitFor();
  }
});

test("[C4] a second tab takes the call along and is in step, the first says so and takes it back; a picture in a window of its own", async () => {
  const elsewhere = (page: Page) => page.getByText("The call goes on in another tab.").waitFor();
  // With what the first one keeps for a reload.
  const [tab] = await Promise.all([
    b.context().waitForEvent("page"),
    b.evaluate(() => void window.open(location.href)),
  ]);
  await elsewhere(b);
  await expect.poll(() => devicesInUse(b)).toEqual([]);
  await Promise.all([flows(a), flows(tab)]);
  await tab.getByRole("textbox", { name: /^Message to/ }).fill("Said in another tab");
  await tab.keyboard.press("Enter");
  for (const page of [a, b]) await page.locator(".message", { hasText: "Said in another tab" }).waitFor();
  await tab.getByRole("button", { name: /^Show .*'s picture$/ }).click();
  await button(tab, "Picture in picture").click();
  await expect.poll(() => tab.evaluate(() => document.pictureInPictureElement?.tagName)).toBe("VIDEO");
  await button(b, "Join call").click();
  await elsewhere(tab);
  await expect.poll(() => devicesInUse(tab)).toEqual([]);
  await flows(b);
  await button(b, "Hang up").click();
  await a.getByText("The call has ended.").waitFor();
  expect(faults).toEqual([[], []]);
  await Promise.all([a.context().close(), b.context().close()]);
});

test("[C1] three pages of one room see each other; one leaves, the other two go on", async () => {
  const people = await Promise.all([person(desktop), person(mobile), person(desktop)]);
  const [x, y, z] = people.map(({ page }) => page) as [Page, Page, Page];
  await expect.poll(() => x.getByLabel("Your name for today").inputValue()).toMatch(/^\w{3,20}$/);
  await button(x, "New room").click();
  await x.getByLabel("Name of the room").fill("Night owls");
  await button(x, "Make the room").click();
  await x.getByRole("heading", { name: "Night owls" }).waitFor();
  for (const page of [y, z]) {
    await page.goto(x.url());
    await expect.poll(() => page.getByLabel("Your name for today").inputValue()).toMatch(/^\w{3,20}$/);
    await button(page, "Join the room").click();
    await page.getByRole("heading", { name: "Night owls" }).waitFor();
  }
  await button(x, "3 members").waitFor();
  await button(x, "Video call").click();
  for (const page of [y, z]) await button(page, "With video").click();
  for (const page of [x, y, z]) {
    await expect.poll(() => sources(page), { timeout: 60_000 }).toBe(2);
    await page.locator(".call").getByText("3 people").waitFor();
  }
  for (const page of [x, y])
    for (const left of [1, 0]) {
      const show = page.getByRole("button", { name: /^Show .*'s picture$/ });
      await show.first().click();
      await expect.poll(() => show.count()).toBe(left);
    }
  expect(await examine(product, x, "group-call")).toEqual([]);
  await button(z, "Hang up").click();
  for (const page of [x, y]) await expect.poll(() => page.locator(".call .tile:not(.self)").count()).toBe(1);
  await flows(x);
  await button(z, "Join call").click();
  await expect.poll(() => sources(z), { timeout: 60_000 }).toBe(2);
  expect(people.map(({ faults }) => faults)).toEqual([[], [], []]);
});
