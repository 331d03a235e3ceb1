/** What stands before everything else in the window's title while it is going on. */
import { signal } from "@preact/signals";

export const titleNote = signal<string>();
