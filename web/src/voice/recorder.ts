/** The microphone, recorded: bytes, time, and how loud it was all along. Loaded when it is first wanted. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { limits } from "../../../shared/protocol/limits.ts";
import { toPeaks } from "./peaks.ts";
import { recordedType } from "./support.ts";

export interface Voice {
  file: Blob;
  durationMs: number;
  peaks: number[];
}

export interface Recording {
  ms: ReadonlySignal<number>;
  /** One every `LEVEL_MS`, 0 to 1. */
  levels: ReadonlySignal<readonly number[]>;
  /** It stopped by itself: the limit, or the microphone went. What there is can still be sent. */
  over: ReadonlySignal<boolean>;
  finish: () => Promise<Voice>;
  cancel: () => void;
}

const LEVEL_MS = 60;
const BITS_PER_SECOND = 48_000;
/** A recorder stops a little after it is told to. */
const MOST_MS = limits.voiceMs - 500;

/** Rejects as getUserMedia does where there is no microphone, or no leave to use it. */
export async function record(): Promise<Recording> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const ms = signal(0);
  const levels = signal<readonly number[]>([]);
  const over = signal(false);
  const chunks: Blob[] = [];
  let timer: ReturnType<typeof setInterval> | undefined;
  let durationMs = 0;
  const release = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    if (context && context.state !== "closed") void context.close();
  };

  let recorder: MediaRecorder;
  let context: AudioContext | undefined;
  let analyser: AnalyserNode;
  try {
    context = new AudioContext();
    analyser = new AnalyserNode(context, { fftSize: 2048 });
    context.createMediaStreamSource(stream).connect(analyser);
    recorder = new MediaRecorder(stream, { mimeType: recordedType()!, audioBitsPerSecond: BITS_PER_SECOND });
    recorder.addEventListener("dataavailable", ({ data }) => data.size > 0 && chunks.push(data));
    recorder.start();
  } catch (error) {
    release();
    throw error;
  }
  const startedMs = performance.now();
  const stopped = new Promise<void>((resolve) => recorder.addEventListener("stop", () => resolve(), { once: true }));
  const stop = () => {
    durationMs ||= Math.min(Math.round(performance.now() - startedMs), limits.voiceMs);
    if (recorder.state !== "inactive") recorder.stop();
    over.value = true;
    release();
  };

  const samples = new Float32Array(analyser.fftSize);
  timer = setInterval(() => {
    if (context.state === "suspended") void context.resume();
    analyser.getFloatTimeDomainData(samples);
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    // As the ear has it: half as loud is still well to be seen.
    levels.value = [...levels.value, Math.sqrt(peak)];
    ms.value = Math.min(performance.now() - startedMs, limits.voiceMs);
    if (ms.value >= MOST_MS) stop();
  }, LEVEL_MS);
  // Unplugged, or taken back in the browser's own settings.
  stream.getAudioTracks()[0]?.addEventListener("ended", stop);

  return {
    ms,
    levels,
    over,
    async finish() {
      stop();
      await stopped;
      return { file: new Blob(chunks, { type: recorder.mimeType }), durationMs, peaks: toPeaks(levels.value) };
    },
    cancel: stop,
  };
}
