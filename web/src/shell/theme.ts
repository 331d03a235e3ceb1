/** Light, dark, or as the system has it. The tokens follow `color-scheme`; the browser's own frame follows the metas. */
import { effect } from "@preact/signals";
import { settings } from "./settings.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const frames = [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")];
const [light, dark] = frames.map(({ content }) => content);

export function startTheme(): void {
  effect(() => {
    const { theme = "system" } = settings.value;
    document.documentElement.style.colorScheme = theme === "system" ? "" : theme;
    for (const [index, frame] of frames.entries())
      frame.content = (theme === "system" ? [light, dark][index] : theme === "light" ? light : dark) ?? "";
  });
}
