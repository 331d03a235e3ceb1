/** What a screen looks like wherever it may be shown: nothing stands out, nothing that axe-core objects to, and a picture for whoever looks. */
import type { Page } from "playwright-core";
import { objections } from "./axe.ts";
import { desktop, fits, mobile, type Product } from "./browser.ts";

export const sizes = {
  phone: mobile.viewport,
  tablet: { width: 820, height: 1180 },
  desk: desktop.viewport,
};

/** Drawn, and what moves has come to rest. */
const settled = (page: Page) =>
  page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });

/** Every size and theme, with a picture of each; the narrow dark one and the wide light one are examined. Gives what is wrong. */
export async function examine(product: Product, page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  const own = page.viewportSize();
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await settled(page);
      const where = `${name}-${size}-${colorScheme}`;
      await product.shot(page, where);
      if (!(await fits(page))) found.push(`${where} is wider than the screen`);
      if (where.endsWith("phone-dark") || where.endsWith("desk-light"))
        found.push(...(await objections(page)).map((text) => `${where} ${text}`));
    }
  }
  if (own) await page.setViewportSize(own);
  return found;
}

/** The page's language, chosen in another tab. */
export async function speak(product: Product, page: Page, locale: string): Promise<void> {
  const tab = await page.context().newPage();
  await tab.goto(`${product.url}/offline.html`);
  await tab.evaluate((locale) => {
    const settings = JSON.parse(localStorage["passerby.settings"] ?? "{}") as object;
    localStorage["passerby.settings"] = JSON.stringify({ ...settings, locale });
  }, locale);
  await tab.close();
  await page.waitForFunction((locale) => document.documentElement.lang === locale, locale);
}
