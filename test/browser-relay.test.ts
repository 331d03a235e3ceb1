/** The same call through a real coturn: what reaches the other page names nothing but the relay, until both want it otherwise. */
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findTurnServer } from "../local/turn.ts";
import { installPackage } from "../local/programs.ts";
import { begin, callFlags, desktop, fits, mobile, startProduct, type Product } from "./support/browser.ts";
import { flows, heard, routes, watchMedia } from "./support/media.ts";

let product: Product;
let a: Page;
let b: Page;
let faults: string[][];

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

beforeAll(async () => {
  if (!findTurnServer())
    installPackage("coturn", "No coturn was found: apt-get install -y --no-install-recommends coturn");
  product = await startProduct({}, callFlags);
  const permissions = ["camera", "microphone"];
  const person = (options: Parameters<Product["person"]>[0]) =>
    product.person({ ...options, permissions }, { agreed: true }, (context: BrowserContext) => watchMedia(context));
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
  expect(await way(b)).toEqual(relayed);
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
  expect(faults).toEqual([[], []]);
});
