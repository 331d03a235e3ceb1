/** Which message is being answered, and whose menu is open. */
import { signal } from "@preact/signals";
import type { Entry } from "../../../shared/client/index.ts";

/** The key of an entry. */
export const openMenu = signal<string>();
export const replyingTo = signal<Entry>();

export const reactions = ["👍", "❤️", "😂", "😮", "😢", "🙏"] as const;
