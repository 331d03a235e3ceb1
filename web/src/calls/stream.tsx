/** Tracks in elements: pictures, and the sound of the others, which is there whether or not a picture is. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { chosenDevices } from "./media.ts";

/** The browser waits for a touch before it lets the others be heard. */
export const unheard = signal(false);
const sounds = new Set<HTMLAudioElement>();

export function hear(): void {
  unheard.value = false;
  for (const sound of sounds) void start(sound);
}

async function start(element: HTMLMediaElement): Promise<void> {
  try {
    await element.play();
  } catch (error) {
    // Replaced while it began: the next one starts by itself.
    if ((error as DOMException).name === "NotAllowedError") unheard.value = true;
  }
}

function useTrack<E extends HTMLMediaElement>(track: MediaStreamTrack | undefined) {
  const element = useRef<E>(null);
  useEffect(() => {
    const now = element.current!;
    now.srcObject = track ? new MediaStream([track]) : null;
    if (track) void start(now);
    return () => void (now.srcObject = null);
  }, [track]);
  return element;
}

export function Picture({ track, class: kind, label }: { track: MediaStreamTrack; class?: string; label: string }) {
  const element = useTrack<HTMLVideoElement>(track);
  return <video ref={element} class={kind} aria-label={label} autoplay playsInline muted />;
}

export function Sound({ track }: { track: MediaStreamTrack | undefined }) {
  const element = useTrack<HTMLAudioElement>(track);
  const { speaker } = chosenDevices.value;
  useEffect(() => {
    const now = element.current!;
    sounds.add(now);
    return () => void sounds.delete(now);
  }, []);
  useEffect(() => {
    // Unplugged since it was chosen: then the usual one.
    if (speaker && "setSinkId" in HTMLMediaElement.prototype) element.current!.setSinkId(speaker).catch(() => {});
  }, [speaker]);
  return <audio ref={element} autoplay />;
}
