/** Which emoji a guest likes, and their skin tone, is kept in this page's memory, for this guest: on the disk are only the emoji that we serve. */
import { computed, effect } from "@preact/signals";
import Database from "emoji-picker-element/database.js";
import { me } from "../shell/state.ts";

const guestId = computed(() => me.value?.id);
const used = new Map<string, number>();
let skinTone = 0;

const inMemory: Partial<Database> = {
  async incrementFavoriteEmojiCount(emoji) {
    used.set(emoji, (used.get(emoji) ?? 0) + 1);
  },
  async getTopFavoriteEmoji(most) {
    const often = [...used].toSorted(([, a], [, b]) => b - a).slice(0, most);
    const found = await Promise.all(often.map(([emoji]) => this.getEmojiByUnicodeOrName!(emoji)));
    return found.filter((one) => one !== null);
  },
  async getPreferredSkinTone() {
    return skinTone;
  },
  async setPreferredSkinTone(tone) {
    skinTone = tone;
  },
};

export function keepInMemory(): void {
  Object.assign(Database.prototype, inMemory);
  effect(() => {
    void guestId.value;
    used.clear();
    skinTone = 0;
  });
}
