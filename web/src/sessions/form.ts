/** What the guest fills in before the first search; kept for this tab, so that a reload asks nothing twice. */
import { effect, signal } from "@preact/signals";
import { limits } from "../../../shared/protocol/limits.ts";
import type { Wishes } from "../../../shared/protocol/index.ts";
import { fieldOf, sentenceFor } from "../shell/errors.ts";
import { canCall } from "../calls/state.ts";
import { client, closeRoom, me } from "../shell/state.ts";
import { read, write } from "../shell/storage.ts";
import { ownLanguage } from "../shell/words.ts";
import { safetyRead } from "./safety.ts";
import { t } from "../words/index.ts";

interface Form {
  name: string;
  interests: readonly string[];
  language: string;
  media: Media;
}
type Media = NonNullable<Wishes["media"]>;

const KEY = "passerby.form";
const saved = read(KEY) as Partial<Form> | undefined;

export const name = signal(saved?.name ?? me.value?.username ?? "");
export const interests = signal<readonly string[]>(saved?.interests ?? []);
export const language = signal(saved?.language ?? ownLanguage());
/** Who wants more than text calls whom they meet. */
export const media = signal<Media>((canCall && saved?.media) || "text");
export const starting = signal(false);
/** Which field, or the form as a whole, is why it did not start. */
export const problem = signal<{ field?: string; text: string }>();
effect(() => {
  const form: Form = { name: name.value, interests: interests.value, language: language.value, media: media.value };
  write(KEY, form);
});

const fits = new RegExp(`^[A-Za-z0-9_]{${limits.usernameMin},${limits.usernameMax}}$`);
const nameRule = () => t("name.rule", { min: limits.usernameMin, max: limits.usernameMax });

/** A free name from the server. */
export async function rollName(): Promise<void> {
  problem.value = undefined;
  try {
    name.value = await client.suggestName();
  } catch (error) {
    problem.value = { text: sentenceFor(error) };
  }
}

/** Adds what was typed, split at commas; doubles and what is over the limit are left out. */
export function addInterests(text: string): void {
  const words = text.split(",").map((word) => word.trim().toLowerCase().slice(0, limits.interestMax));
  interests.value = [...new Set([...interests.value, ...words.filter(Boolean)])].slice(0, limits.interests);
}

export const removeInterest = (word: string): void => {
  interests.value = interests.value.filter((one) => one !== word);
};

export const wishes = (): Wishes => ({
  interests: [...interests.value],
  ...(language.value && { language: language.value }),
  media: media.value,
});

/** Becomes a guest and looks for somebody. */
export const start = (): Promise<boolean> => begin(() => client.join(wishes()));

/** For the rooms, which only guests may see. Says itself why not. @returns whether they are one now */
export const becomeGuest = (): Promise<boolean> => begin(async () => undefined);

async function begin(then: () => Promise<unknown>): Promise<boolean> {
  problem.value = undefined;
  const username = name.value.trim();
  // Whoever gives no name gets one.
  if (username && !fits.test(username)) {
    problem.value = { field: "username", text: nameRule() };
    return false;
  }
  if (!(await safetyRead())) return false;
  starting.value = true;
  try {
    closeRoom();
    const { interests, language } = wishes();
    const user = await client.start({ interests, ...(username && { username }), ...(language && { language }) });
    name.value = user.username;
    await then();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    // The name is all that can be taken, or wrong, here.
    const ofName = code === "conflict" || fieldOf(error) === "username";
    const text = code === "conflict" ? t("name.taken") : sentenceFor(error);
    problem.value = { ...(ofName && { field: "username" }), text };
    return false;
  } finally {
    starting.value = false;
  }
}
