/** Whoever has not yet read what to mind among strangers reads it before the first match, or the first room. */
import { openDialog } from "../shell/dialogs.tsx";
import { settings } from "../shell/settings.ts";

let answer: ((agreed: boolean) => void) | undefined;

/** Resolves with whether they go on. */
export async function safetyRead(): Promise<boolean> {
  if (settings.value.agreed) return true;
  const agreed = new Promise<boolean>((resolve) => (answer = resolve));
  await openDialog("safety");
  return agreed;
}

export const answerSafety = (agreed: boolean): void => answer?.(agreed);
