/** The page as a slow phone has it: how soon it can be used, and how ten thousand messages scroll. */
import { begin, desktop, startProduct, type Product } from "../support/browser.ts";
import { stranger } from "../support/stranger.ts";
import type { Ask, Figures } from "./question.ts";

const MESSAGES = 10_000;
const BATCH = 500;
const SLOWER = 4;
const STEP_PX = 120;

/** A new browser, nothing kept: until the form is there and the script that drew it has let go. */
async function interactive({ browser, url }: Product): Promise<number> {
  const context = await browser.newContext(desktop);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.addInitScript(() => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector("form [type=submit]")) return;
      watch.disconnect();
      setTimeout(() => Object.assign(window, { interactiveMs: performance.now() }));
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await page.waitForFunction("window.interactiveMs");
  const interactiveMs = (await page.evaluate("window.interactiveMs")) as number;
  await context.close();
  return interactiveMs;
}

/** From the newest message upwards, a step each frame. */
async function scroll(product: Product, messages: number, forMs: number): Promise<Figures> {
  await using other = await stranger(product.url, "Wordy");
  // As anybody opens it: the tests' own person has every frame of the socket pass through the test.
  const context = await product.browser.newContext(desktop);
  const page = await context.newPage();
  const agreed = JSON.stringify({ agreed: true, blur: false });
  await page.addInitScript((text) => (localStorage["passerby.settings"] ??= text), agreed);
  await page.goto(product.url);
  await Promise.all([begin(page), other.meet()]);
  await page.getByText("Say hello").waitFor();
  for (let from = 1; from <= messages; from += BATCH)
    await other.say(...Array.from({ length: BATCH }, (_, i) => `message ${from + i}${", and so on".repeat(i % 9)}`));
  await page.getByText(`message ${messages}`).last().waitFor();
  const rows = await page.locator(".message").count();
  await page.evaluate("globalThis.__name = (named) => named"); // tsx calls it in what is sent to the page
  const frames = await page.getByRole("log").evaluate(
    (log, { forMs, stepPx }) =>
      new Promise<number[]>((done) => {
        const frames: number[] = [];
        let begun = 0;
        let before = 0;
        const step = (now: number) => {
          if (before > 0) frames.push(now - before);
          else begun = now;
          before = now;
          log.scrollBy(0, -stepPx);
          if (now - begun < forMs) requestAnimationFrame(step);
          else done(frames);
        };
        requestAnimationFrame(step);
      }),
    { forMs, stepPx: STEP_PX },
  );
  const sorted = frames.toSorted((a, b) => a - b);
  return {
    rows,
    frames: frames.length,
    frameP99Ms: sorted[Math.floor(sorted.length * 0.99)]!,
    longestFrameMs: sorted.at(-1)!,
    over50Ms: sorted.filter((ms) => ms > 50).length,
  };
}

async function measurePage(redisUrl: string, messages: number, forMs: number): Promise<Figures> {
  const limits = { EVENTS_PER_MINUTE: "1000000", API_PER_15_MIN: "100000" };
  await using product = await startProduct({ REDIS_URL: redisUrl, ...limits });
  const interactiveMs = await interactive(product);
  return { interactiveMs, ...(await scroll(product, messages, forMs)) };
}

export const page: Ask = ({ quick, redisUrl }) => {
  const messages = quick ? MESSAGES / 10 : MESSAGES;
  const forMs = quick ? 2_000 : 5_000;
  return {
    name: "page",
    title: "The page in Chromium",
    rows: [
      { figure: "interactiveMs", what: `of use, cold, at 1/${SLOWER} of this CPU, ms`, better: "less" },
      { figure: "rows", what: `of ${messages} messages in the page`, better: "less" },
      { figure: "frames", what: `scrolling them for ${forMs / 1000} s: frames`, better: "more" },
      { figure: "frameP99Ms", what: "… p99 of a frame, ms", better: "less" },
      { figure: "longestFrameMs", what: "… the longest, ms", better: "less" },
      { figure: "over50Ms", what: "… over 50 ms", better: "less" },
    ],
    sides: [{ name: "Passerby", measure: () => measurePage(redisUrl, messages, forMs) }],
  };
};
