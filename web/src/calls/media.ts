/** What this guest sends: microphone, camera, screen. Off means released; only a muted microphone stays open, for the next word. */
import { batch, computed, signal } from "@preact/signals";
import { read, write } from "../shell/storage.ts";
import type { Tracks } from "./peer.ts";

export type Source = "microphone" | "camera" | "screen";

/** Enough for a face; four of these fit a modest uplink. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } };
const SCREEN_FPS = 12;
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const KEY = "passerby.devices";

export const tracks = signal<Tracks>({});
export const muted = signal(false);
/** Why a source is not there, as getUserMedia said it. */
export const troubles = signal<Partial<Record<Source, string>>>({});
/** Being asked for. */
export const opening = signal<Partial<Record<Source, boolean>>>({});
export const chosenDevices = signal((read(KEY) ?? {}) as Partial<Record<"microphone" | "camera" | "speaker", string>>);

/** What the others are told. */
export const sends = computed(() => ({
  audio: tracks.value.microphone !== undefined && !muted.value,
  video: tracks.value.camera !== undefined,
  screen: tracks.value.screen !== undefined,
}));

/** Grows with each hang-up: what is granted afterwards is given back at once. */
let generation = 0;

/** True if it is there. @throws nothing: why not is in `troubles`. */
export async function open(source: Source): Promise<boolean> {
  if (tracks.value[source]) return true;
  const mine = generation;
  opening.value = { ...opening.value, [source]: true };
  try {
    const track = await capture(source);
    if (mine !== generation) return (stopTrack(track), false);
    track.addEventListener("ended", () => tracks.value[source] === track && close(source));
    if (source === "microphone") track.enabled = !muted.value;
    batch(() => {
      tracks.value[source]?.stop();
      tracks.value = { ...tracks.value, [source]: track };
      troubles.value = { ...troubles.value, [source]: undefined };
    });
    return true;
  } catch (error) {
    if (mine === generation) troubles.value = { ...troubles.value, [source]: (error as DOMException).name };
    return false;
  } finally {
    opening.value = { ...opening.value, [source]: false };
  }
}

async function capture(source: Source): Promise<MediaStreamTrack> {
  const { mediaDevices } = navigator;
  if (source === "screen") {
    const stream = await mediaDevices.getDisplayMedia({ video: { frameRate: { max: SCREEN_FPS } } });
    const track = stream.getVideoTracks()[0]!;
    track.contentHint = "detail";
    return track;
  }
  const id = chosenDevices.value[source];
  // The one that was chosen, or, where that is unplugged, another one.
  const device = id ? { deviceId: { ideal: id } } : {};
  const wanted = source === "camera" ? { video: { ...PICTURE, ...device } } : { audio: { ...VOICE, ...device } };
  return (await mediaDevices.getUserMedia(wanted)).getTracks()[0]!;
}

const stopTrack = (track: MediaStreamTrack): void => track.stop();

export function close(source: Source): void {
  const { [source]: gone, ...rest } = tracks.value;
  gone?.stop();
  tracks.value = rest;
}

export function mute(on: boolean): void {
  muted.value = on;
  if (tracks.value.microphone) tracks.value.microphone.enabled = !on;
}

/** Another microphone or camera, at once if it is in use. */
export async function choose(source: "microphone" | "camera", deviceId: string): Promise<void> {
  chosenDevices.value = { ...chosenDevices.value, [source]: deviceId };
  write(KEY, chosenDevices.value);
  if (!tracks.value[source]) return;
  // Some phones open one camera at a time.
  close(source);
  await open(source);
}

export function chooseSpeaker(deviceId: string): void {
  chosenDevices.value = { ...chosenDevices.value, speaker: deviceId };
  write(KEY, chosenDevices.value);
}

/** Hung up: every light goes off. */
export function closeAll(): void {
  generation += 1;
  for (const source of ["microphone", "camera", "screen"] as const) close(source);
  batch(() => {
    muted.value = false;
    troubles.value = {};
    opening.value = {};
  });
}
