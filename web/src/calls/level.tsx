/** How loud the microphone hears just now. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../words/index.ts";

const LOOK_MS = 80;

export function Level({ track }: { track: MediaStreamTrack | undefined }) {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    if (!track) return undefined;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      // As the ear has it; falls slowly, so that it can be read.
      setLevel((before) => Math.max(Math.sqrt(peak), before * 0.8));
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [track]);
  return <meter class="level" min={0} max={1} value={track ? level : 0} aria-label={t("device.level")} />;
}
