/** Text with its links made safe: never fetched by us, opened elsewhere, told nothing about where they came from. */
import { LinkifyIt } from "linkify-it";
import type { Entry } from "../../../shared/client/index.ts";
import { kindOf } from "../uploads/words.ts";

const linkify = new LinkifyIt();
const allowed = new Set(["http:", "https:", "mailto:", ""]);

export function Text({ text }: { text: string }) {
  const links = (linkify.match(text) ?? []).filter(({ schema }) => allowed.has(schema));
  if (links.length === 0) return <>{text}</>;
  const parts = [];
  let from = 0;
  for (const { index, lastIndex, url, text: shown } of links) {
    parts.push(
      text.slice(from, index),
      <a key={index} href={url} target="_blank" rel="noopener noreferrer nofollow">
        {shown}
      </a>,
    );
    from = lastIndex;
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  );
}

/** One line of a message, for a quote. */
export const excerptOf = (entry: Pick<Entry, "kind" | "text" | "attachment"> | undefined): string => {
  if (entry?.attachment && !entry.text) return kindOf(entry);
  const line = (entry?.text ?? "").replaceAll(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};
