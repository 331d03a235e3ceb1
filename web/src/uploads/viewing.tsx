/** What is being looked at large. The viewer itself is loaded when it is first wanted. */
import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import type { LocalAttachment } from "../../../shared/client/index.ts";
import { say } from "../shell/notice.tsx";
import { t } from "../words/index.ts";

export interface Viewed {
  attachment: LocalAttachment;
  src: string;
  url: string | undefined;
}

const viewed = signal<Viewed>();
const Viewer = signal<{ component: FunctionComponent<Viewed & { onClose: () => void }> }>();

export async function view(what: Viewed): Promise<void> {
  viewed.value = what;
  try {
    Viewer.value ??= { component: (await import("./viewer.tsx")).Viewer };
  } catch {
    viewed.value = undefined;
    say(t("shell.not-opened"));
  }
}

export const closeView = (): void => void (viewed.value = undefined);

export function Viewing() {
  const what = viewed.value;
  const loaded = Viewer.value;
  return what && loaded ? <loaded.component {...what} onClose={closeView} /> : null;
}
