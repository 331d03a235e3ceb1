/** The one voice note that is being recorded, from the first touch of the microphone to its sending. */
import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { problem } from "../messages/problem.tsx";
import { replyingTo } from "../messages/selection.ts";
import { client } from "../shell/state.ts";
import { keepPreview } from "../uploads/previews.ts";
import { fileSentence } from "../uploads/words.ts";
import type { PasserbyError } from "../../../shared/protocol/errors.ts";
import type { Recording } from "./recorder.ts";
import { micSentence } from "./support.ts";

interface Note {
  roomId: string;
  /** As long as the finger is down: letting go sends. */
  held: boolean;
  /** Absent until the microphone is there. */
  recording?: Recording;
}

/** Shorter than this was a tap, or a slip. */
const HELD_MS = 600;

export const note = signal<Note>();
export const Bar = signal<{ component: FunctionComponent<{ recording: Recording; held: boolean }> }>();

export async function startNote(roomId: string, held: boolean): Promise<void> {
  if (note.value) return;
  problem.value = undefined;
  const mine: Note = { roomId, held };
  note.value = mine;
  try {
    const [{ record }, { RecordingBar }] = await Promise.all([import("./recorder.ts"), import("./bar.tsx")]);
    Bar.value ??= { component: RecordingBar };
    const recording = await record();
    if (note.value?.roomId === roomId && !note.value.recording) note.value = { ...note.value, recording };
    else recording.cancel();
  } catch (error) {
    note.value = undefined;
    problem.value = micSentence(error);
  }
}

export function cancelNote(): void {
  note.value?.recording?.cancel();
  note.value = undefined;
}

export async function sendNote(): Promise<void> {
  const now = note.value;
  if (!now?.recording) return;
  const { file, durationMs, peaks } = await now.recording.finish();
  // Cancelled in the meantime.
  if (note.value !== now) return;
  note.value = undefined;
  const extension = file.type.includes("mp4") ? "m4a" : file.type.includes("ogg") ? "ogg" : "webm";
  const replyTo = replyingTo.value?.message?.id;
  replyingTo.value = undefined;
  try {
    const about = { kind: "voice", filename: `voice-note.${extension}`, durationMs, peaks } as const;
    keepPreview(client.sendFile(now.roomId, file, { ...about, ...(replyTo && { replyTo }) }), file);
  } catch (error) {
    problem.value = fileSentence(error as PasserbyError);
  }
}

/** The finger is up: what was held goes; what was only tapped records on. */
export function releaseNote(): void {
  const now = note.value;
  if (!now?.held) return;
  if ((now.recording?.ms.value ?? 0) >= HELD_MS) void sendNote();
  else note.value = { ...now, held: false };
}
