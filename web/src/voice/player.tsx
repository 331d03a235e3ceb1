/** Plays a voice note or a piece of music: waveform, any place in it, three speeds. One plays at a time. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { playing } from "../messages/selection.ts";
import { Icon } from "../shell/icon.tsx";
import { elapsed } from "../shell/words.ts";
import { Waveform } from "./waveform.tsx";
import { t } from "../words/index.ts";

const RATES = [1, 1.5, 2];
/** How fast one listens is a habit, not a matter of one note. */
const rate = signal(1);
let playingNow: HTMLAudioElement | undefined;
const flat = Array.from({ length: 64 }, () => 0);

interface PlayerProps {
  src: string;
  durationMs: number | undefined;
  peaks: readonly number[] | undefined;
  name: string;
  /** Of the message, or whatever else has it. */
  id: string;
  /** The bytes cannot be had. */
  onError: () => void;
}

export function Player({ src, durationMs, peaks = flat, name, id, onError }: PlayerProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [found, setFound] = useState(0);
  // A recorder's file does not say how long it is; whoever recorded it does.
  const length = durationMs ? durationMs / 1000 : found;

  useEffect(() => {
    if (!isPlaying) return undefined;
    let frame = requestAnimationFrame(function follow() {
      setAt(audio.current?.currentTime ?? 0);
      frame = requestAnimationFrame(follow);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);
  useEffect(() => {
    if (audio.current) audio.current.playbackRate = rate.value;
  }, [rate.value, isPlaying]);
  useEffect(() => () => audio.current?.pause(), []);

  const toggle = () => {
    const element = audio.current!;
    if (!element.paused) return element.pause();
    if (playingNow !== element) playingNow?.pause();
    playingNow = element;
    // Why it cannot play, the error event says.
    element.play().catch(() => setPlaying(false));
  };
  const seek = (to: number) => {
    setAt(to);
    audio.current!.currentTime = to;
  };

  return (
    <div class="player">
      <audio
        ref={audio}
        src={src}
        preload={durationMs ? "none" : "metadata"}
        onPlay={() => {
          setPlaying(true);
          playing.value = id;
        }}
        onPause={() => {
          setPlaying(false);
          if (playing.value === id) playing.value = undefined;
        }}
        onEnded={() => {
          setPlaying(false);
          seek(0);
        }}
        onDurationChange={({ currentTarget: { duration } }) => Number.isFinite(duration) && setFound(duration)}
        onError={onError}
      />
      <button
        type="button"
        class="play"
        aria-label={t(isPlaying ? "voice.pause" : "voice.play", { name })}
        onClick={toggle}
      >
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      <div class="track">
        <Waveform peaks={peaks} done={length > 0 ? at / length : 0} />
        <input
          type="range"
          min={0}
          max={length || 1}
          step={0.1}
          value={Math.min(at, length)}
          aria-label={t("voice.position", { name })}
          aria-valuetext={t("voice.at", { at: elapsed(at * 1000), length: elapsed(length * 1000) })}
          onInput={(event) => seek(Number(event.currentTarget.value))}
        />
      </div>
      <button
        type="button"
        class="rate"
        aria-label={t("voice.speed", { rate: rate.value })}
        onClick={() => (rate.value = RATES[(RATES.indexOf(rate.value) + 1) % RATES.length]!)}
      >
        {rate.value}×
      </button>
      <span class="player-time">{elapsed((isPlaying || at > 0 ? at : length) * 1000)}</span>
    </div>
  );
}
