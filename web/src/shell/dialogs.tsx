/** Dialogs that most people never open: each is loaded when it is first wanted, one is open at a time. */
import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { t } from "../words/index.ts";
import { say } from "./notice.tsx";

type Shown = FunctionComponent<{ onClose: () => void }>;

const load = {
  report: async (): Promise<Shown> => (await import("../reports/report-dialog.tsx")).ReportDialog,
  settings: async (): Promise<Shown> => (await import("./settings-dialog.tsx")).SettingsDialog,
  shortcuts: async (): Promise<Shown> => (await import("./shortcuts-dialog.tsx")).ShortcutsDialog,
  room: async (): Promise<Shown> => (await import("../rooms/create.tsx")).CreateDialog,
  members: async (): Promise<Shown> => (await import("../rooms/members.tsx")).MembersDialog,
  safety: async (): Promise<Shown> => (await import("../sessions/safety-dialog.tsx")).SafetyDialog,
};
type Name = keyof typeof load;

const open = signal<{ name: Name; component: Shown }>();

/** Resolves once it is open. */
export async function openDialog(name: Name): Promise<void> {
  try {
    const component = await load[name]();
    if (open.value?.name === name) return;
    // Closed, not just replaced: so the focus goes back to where the first of them was opened.
    document.querySelector<HTMLDialogElement>("dialog.dialog[open]")?.close();
    open.value = { name, component };
  } catch {
    say(t("shell.not-opened"));
  }
}

export function Dialogs() {
  const now = open.value;
  if (!now) return null;
  const onClose = () => {
    if (open.value === now) open.value = undefined;
  };
  return <now.component key={now.name} onClose={onClose} />;
}
