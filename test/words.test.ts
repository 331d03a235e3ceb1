/** The page's sentences: there in every language, with the same values, every plural form; and none outside the files that hold them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileMessage, type CompiledMessage } from "@lingui/message-utils/compileMessage";
import { parseSync } from "vite";
import { expect, test } from "vitest";
import { errors } from "../shared/protocol/errors.ts";
import { bestOf, formatTag, locales, type Locale } from "../web/src/words/locales.ts";
import arGuests from "../web/src/words/ar/index.ts";
import arModerator from "../web/src/words/ar/moderator.ts";
import deGuests from "../web/src/words/de/index.ts";
import deModerator from "../web/src/words/de/moderator.ts";
import enGuests from "../web/src/words/en/index.ts";
import enModerator from "../web/src/words/en/moderator.ts";
import esGuests from "../web/src/words/es/index.ts";
import esModerator from "../web/src/words/es/moderator.ts";

const en: Record<string, string> = { ...enGuests, ...enModerator };
const es = { ...esGuests, ...esModerator };
const de = { ...deGuests, ...deModerator };
const ar = { ...arGuests, ...arModerator };
const all: Record<Locale, Record<string, string>> = { en, es, de, ar };
const web = new URL("../web/src/", import.meta.url).pathname;
const filesOf = (folder: string, ending: RegExp) =>
  readdirSync(join(web, folder), { recursive: true, encoding: "utf8" }).filter((name) => ending.test(name));

type Part = Exclude<CompiledMessage, string>[number];
const parts = (message: CompiledMessage): Part[] => (typeof message === "string" ? [message] : message);
/** The branches of a plural or a choice. */
const formsOf = ([, , forms]: Exclude<Part, string>) =>
  Object.entries(typeof forms === "object" && forms ? forms : {}).filter(([name, form]) => name !== "offset" && form);

/** Names of what a sentence is given, its plurals' branches included. */
function valuesOf(message: CompiledMessage): string[] {
  const found = parts(message).flatMap((part) => {
    if (typeof part === "string") return [];
    return [part[0], ...formsOf(part).flatMap(([, form]) => valuesOf(form as CompiledMessage))];
  });
  return [...new Set(found)].toSorted();
}

const faults = (locale: Locale): string[] =>
  Object.entries(en).flatMap(([key, english]) => {
    const text = all[locale][key] ?? "";
    const same = (of: (text: string) => unknown) => JSON.stringify(of(text)) === JSON.stringify(of(english));
    if (text.trim() === "") return [`${key} is missing`];
    return [
      ...(same((text) => valuesOf(compileMessage(text))) ? [] : [`${key} has other values`]),
      ...(same((text) => text.match(/<\/?\w+>/g)) ? [] : [`${key} has other tags`]),
    ];
  });

test.each(Object.keys(all) as Locale[])(
  "%s has every sentence and no other, with the same values and tags",
  (locale) => {
    expect(faults(locale)).toEqual([]);
    expect(Object.keys(all[locale]).toSorted()).toEqual(Object.keys(en).toSorted());
  },
);

test.each(Object.keys(all) as Locale[])("%s has a form for every kind of number in its grammar", (locale) => {
  const kinds = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted().join(" ");
  const plurals = Object.entries(all[locale]).flatMap(([key, text]) =>
    parts(compileMessage(text)).flatMap((part) => {
      if (typeof part === "string" || part[1] !== "plural") return [];
      const forms = formsOf(part)
        .map(([name]) => name)
        .filter((name) => !/^\d+$/.test(name));
      return [{ key, forms: forms.toSorted().join(" ") }];
    }),
  );
  // "other" alone: the number is all there is to say.
  expect(plurals.filter(({ forms }) => forms !== "other" && forms !== kinds)).toEqual([]);
  expect(plurals.length).toBeGreaterThan(2);
});

test("every code of the closed list of errors has a sentence and a next step", () => {
  const sentences = (code: string) => en[`error.${code}`]?.match(/[.!?]( |$)/g)?.length ?? 0;
  expect(Object.keys(errors).filter((code) => sentences(code) < 2)).toEqual([]);
});

test("the language is the first one wanted that is there; Arabic sentences and sizes use the same digits", () => {
  expect(bestOf(["fr-FR", "de-AT", "en"])).toBe("de");
  expect(bestOf(["fr"])).toBe("en");
  expect(Object.keys(locales)).toEqual(Object.keys(all));
  expect(formatTag("en", ["de", "en-GB"])).toBe("en-GB");
  expect(new Intl.NumberFormat(formatTag("ar", ["ar-EG"])).format(12)).toBe("12");
});

interface Node {
  type: string;
  [field: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;
const READ_ALOUD = new Set([
  "aria-label",
  "aria-description",
  "aria-valuetext",
  "aria-roledescription",
  "alt",
  "label",
  "placeholder",
  "title",
]);
const WORDS = /\p{L}{2,}/u;
const A_SENTENCE = /^\p{Lu}\p{Ll}+[’']?\p{Ll}* \S+|\p{Ll} \p{Ll}+.*[.!?…]$/u;
const NO_WORDS_OF_OURS = new Set(["Passerby", "ADMIN_TOKEN"]);

/** What a component shows that is not looked up. */
function bareIn(code: string, name: string): string[] {
  const found: string[] = [];
  const textOf = ({ value }: Node) =>
    typeof value === "string" ? value : ((value as { cooked?: string } | null)?.cooked ?? "");
  const visit = (node: Node, parent?: Node): void => {
    // Not shown to anybody: what is thrown, and where modules are.
    if (
      node.type === "ImportDeclaration" ||
      (node.type === "NewExpression" && ((node["callee"] as { name?: string }).name ?? "").endsWith("Error"))
    )
      return;
    if (node.type === "JSXText" && WORDS.test(textOf(node)) && !NO_WORDS_OF_OURS.has(textOf(node).trim()))
      found.push(textOf(node).trim());
    const attribute = parent?.type === "JSXAttribute" ? (parent["name"] as { name: string }).name : undefined;
    if (node.type === "Literal" || node.type === "TemplateElement") {
      const shown = attribute ? READ_ALOUD.has(attribute) && WORDS.test(textOf(node)) : A_SENTENCE.test(textOf(node));
      if (shown) found.push(textOf(node));
    }
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, node);
  };
  visit(parseSync(name, code).program as unknown as Node);
  return found;
}

test("no component holds a sentence of its own", () => {
  const files = filesOf(".", /\.tsx?$/).filter((name) => !name.startsWith("words"));
  expect(files.length).toBeGreaterThan(40);
  const bare = files.flatMap((name) =>
    bareIn(readFileSync(join(web, name), "utf8"), name).map((text) => `${name}: ${text}`),
  );
  expect(bare).toEqual([]);
});

test("a sentence in a component is found, wherever it stands", () => {
  const code =
    'const a = ok ? "Please try again." : `Hello ${b}`; <p class="a b" title="Close">Hello <b aria-label={`Send it`}>{x}</b></p>';
  expect(bareIn(code, "a.tsx")).toEqual(["Please try again.", "Close", "Hello", "Send it"]);
});
