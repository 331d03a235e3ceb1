/** Bars, as many as there are numbers; those up to `done` (0 to 1) stand out. */
const GAP = 4;
const HEIGHT = 32;
const LEAST = 3;

export function Waveform({ peaks, done = 0 }: { peaks: readonly number[]; done?: number }) {
  return (
    <svg
      class="waveform"
      viewBox={`0 0 ${peaks.length * GAP} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {peaks.map((peak, index) => {
        const height = Math.max(LEAST, Math.min(1, peak) * HEIGHT);
        return (
          <rect
            key={index}
            class={index < done * peaks.length ? "done" : ""}
            x={index * GAP + 0.75}
            y={(HEIGHT - height) / 2}
            width={2.5}
            height={height}
            rx={1.25}
          />
        );
      })}
    </svg>
  );
}
