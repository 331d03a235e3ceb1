/** Suggested names, such as QuietOtter42: never more than 20 characters, nothing of the guest in them. */
import { adjectives, animals, uniqueNamesGenerator } from "unique-names-generator";
import { limits } from "../protocol/limits.ts";

const plain = (words: string[], max: number) => words.filter((word) => /^[a-z]+$/.test(word) && word.length <= max);
const rude = new Set(["sexual", "spotless", "ugly", "fat", "dead", "sore", "ethnic", "handicapped", "arab", "ass"]);
const dictionaries = [
  plain(adjectives, 8).filter((word) => !rude.has(word)),
  plain(animals, 8).filter((word) => !rude.has(word)),
  Array.from({ length: 990 }, (_, i) => String(10 + i)),
];

export const suggestion = (): string =>
  uniqueNamesGenerator({ dictionaries, separator: "", style: "capital" }).slice(0, limits.usernameMax);
