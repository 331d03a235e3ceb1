/** A call that rings here: heard if the guest wants so, seen in the title, told by the system while the page is hidden. */
import { computed, effect } from "@preact/signals";
import { notify } from "../presence/notify.ts";
import { settings } from "../shell/settings.ts";
import { titleNote } from "../shell/title.ts";
import { t } from "../words/index.ts";
import { joined, nameOf } from "./people.ts";
import { call, incoming, part } from "./state.ts";

/** Silent unless asked for. */
export const audible = computed(() => settings.value.ring === true);

/** We ring others, and nobody is there yet. */
export const ringsOut = computed(
  () => call.value?.state === "ringing" && part.value.state === "in" && joined.value.length === 0,
);

const IN = { everyMs: 2_000, notes: [659, 784, 659], gain: 0.12 };
const OUT = { everyMs: 3_000, notes: [440], gain: 0.05 };
const NOTE_S = 0.18;

/** A few soft sine tones, again and again; the answer ends them. */
function play({ everyMs, notes, gain }: typeof IN): () => void {
  const context = new AudioContext();
  const once = () =>
    notes.forEach((frequency, index) => {
      const from = context.currentTime + index * NOTE_S;
      const tone = new OscillatorNode(context, { frequency });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setTargetAtTime(gain, from, 0.02);
      volume.gain.setTargetAtTime(0, from + NOTE_S, 0.06);
      tone.connect(volume).connect(context.destination);
      tone.start(from);
      tone.stop(from + 2 * NOTE_S);
    });
  once();
  const timer = setInterval(once, everyMs);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

export function follow(): void {
  const rings = computed(() => incoming.value?.id);
  effect(() => {
    const now = rings.value ? incoming.peek() : undefined;
    if (!now) return undefined;
    const text = t("call.calling", { name: nameOf(now.roomId, now.startedBy) });
    titleNote.value = text;
    void notify(text);
    return () => void (titleNote.value = undefined);
  });
  effect(() => {
    const what = rings.value ? IN : ringsOut.value ? OUT : undefined;
    return what && audible.value ? play(what) : undefined;
  });
}
