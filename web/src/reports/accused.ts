/** Whom the guest is about to report or block, and what showed it. */
import { signal } from "@preact/signals";
import { openDialog } from "../shell/dialogs.tsx";

export interface Accused {
  roomId: string;
  userId: string;
  name: string;
  /** The message whose menu it began in. */
  messageId?: string;
}

export const accused = signal<Accused>();

export function accuse(whom: Accused): void {
  accused.value = whom;
  void openDialog("report");
}
