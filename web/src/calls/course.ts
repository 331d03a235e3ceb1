/** The way into a call and out of it: devices first, then the server; out at once, whoever says so. */
import { computed, effect, signal } from "@preact/signals";
import type { Call } from "../../../shared/protocol/index.ts";
import { say } from "../shell/notice.tsx";
import { client } from "../shell/state.ts";
import { read, write } from "../shell/storage.ts";
import { close, closeAll, muted, mute, open, sends, troubles, type Source } from "./media.ts";
import { call, part, plan, type Plan } from "./state.ts";
import { refusalSentence } from "./words.ts";

/** From the wish to the hang-up. */
export const busy = computed(() => plan.value !== undefined || part.value.state !== "none");
const KEY = "passerby.call";

export const begin = (roomId: string, media: Call["media"]): Promise<void> => prepare({ roomId, media });

/** A call that rings here, or goes on in a room of ours. One at a time: the one we are in is left. */
export async function join(joined: Call, media: Call["media"]): Promise<void> {
  if (part.value.state !== "none") {
    hangUp();
    // What the client says reaches the page in its next turn.
    await Promise.resolve();
  }
  await prepare({ roomId: joined.roomId, media, call: joined });
}

async function prepare(next: Plan): Promise<void> {
  if (busy.value) return;
  plan.value = next;
  const sources: Source[] = next.media === "video" ? ["microphone", "camera"] : ["microphone"];
  for (const source of sources) {
    const there = await open(source);
    if (plan.value !== next) return;
    if (!there) return void (plan.value = { ...next, missing: source });
  }
  await enter(next);
}

export async function tryAgain(): Promise<void> {
  const now = plan.value;
  plan.value = undefined;
  if (now) await prepare({ ...now, missing: undefined });
}

/** With what there is, if that is nothing but eyes and ears. */
export async function goOnWithout(): Promise<void> {
  const now = plan.value;
  if (!now) return;
  if (now.missing === "microphone" && now.media === "video") await open("camera");
  if (plan.value === now) await enter(now);
}

async function enter(next: Plan): Promise<void> {
  plan.value = undefined;
  try {
    if (next.call) await client.calls.accept(next.call);
    else await client.calls.start(next.roomId, next.media);
  } catch (error) {
    closeAll();
    say(refusalSentence(error));
  }
}

export function hangUp(): void {
  plan.value = undefined;
  closeAll();
  client.calls.hangUp();
}

export async function toggleCamera(): Promise<void> {
  if (sends.value.video) close("camera");
  else await open("camera");
}

export async function toggleScreen(): Promise<void> {
  if (sends.value.screen) close("screen");
  else await open("screen");
}

export async function toggleMicrophone(): Promise<void> {
  if (troubles.value.microphone || !sends.value.audio) {
    mute(false);
    await open("microphone");
  } else mute(true);
}

/** When the talk began, by this page's clock (ms). */
export const since = signal<number>();

interface Kept {
  callId: string;
  sinceMs?: number;
  camera: boolean;
  muted: boolean;
}

const restoring = signal(false);

/** After a reload: what was on is on again, except a screen, which no page may take by itself. */
async function restore(callId: string): Promise<void> {
  const saved = read(KEY) as Kept | undefined;
  const kept = saved?.callId === callId ? saved : undefined;
  restoring.value = true;
  since.value = kept?.sinceMs;
  mute(kept?.muted ?? false);
  await open("microphone");
  // The call may have ended meanwhile.
  if (kept?.camera && part.peek().state === "in") await open("camera");
  restoring.value = false;
}

/** Follows what the server says of our part from now on. */
export function follow(): void {
  let callId: string | undefined;
  let told = "";
  effect(() => {
    const now = part.value;
    if (now.state === "in" && callId !== now.callId) {
      callId = now.callId;
      told = "";
      if (now.again) void restore(now.callId);
    } else if (now.state === "none" && callId) {
      callId = undefined;
      since.value = undefined;
      closeAll();
      write(KEY, undefined);
    }
  });
  effect(() => {
    if (call.value?.state === "active") since.value ??= Date.now();
  });
  effect(() => {
    const now = sends.value;
    if (part.value.state !== "in" || !callId) return;
    const kept: Kept = { callId, sinceMs: since.value, camera: now.video, muted: muted.value };
    // What the page sends is not what it will send while it opens what was on before.
    if (!restoring.value) write(KEY, kept);
    const text = JSON.stringify(now);
    if (text === told) return;
    told = text;
    client.calls.media(now);
  });
}
