/** One short message above everything: what could not be done, and why. */
import { signal } from "@preact/signals";
import { sentenceFor } from "./errors.ts";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 6_000;
const notice = signal<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
  clearTimeout(timer);
  notice.value = text;
  timer = setTimeout(() => (notice.value = undefined), SHOWN_MS);
}

/** For promises of the client that nobody else waits for. */
export const sayFailure = (error: unknown): void => say(sentenceFor(error));

export function Notice() {
  return (
    <div class="notice-place" role="alert">
      {notice.value && (
        <p class="notice">
          <Icon name="alert" />
          {notice.value}
        </p>
      )}
    </div>
  );
}
