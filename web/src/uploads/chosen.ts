/** Files picked, dropped or pasted: looked at by the guest before they go. */
import { signal } from "@preact/signals";
import { checkFile } from "../../../shared/client/index.ts";
import type { PasserbyError } from "../../../shared/protocol/errors.ts";
import { problem } from "../messages/problem.tsx";
import { client, state } from "../shell/state.ts";
import { keepPreview } from "./previews.ts";
import { fileSentence, isPicture } from "./words.ts";
import { t } from "../words/index.ts";

export interface Chosen {
  key: number;
  file: File;
  /** Of a picture: something to look at, and its size, so that nothing jumps where it is shown. */
  url?: string;
  width?: number;
  height?: number;
}

/** More than anybody may send in an hour. */
const MOST = 10;
export const chosen = signal<readonly Chosen[]>([]);
let keys = 0;

const tooMany = new Error("too many files");
/** Nobody reads more. */
const SAID = 3;

const nameOf = (file: File): string => file.name || "file";

export function choose(files: Iterable<File>): void {
  const refused: string[] = [];
  for (const file of files) {
    try {
      if (chosen.value.length >= MOST) throw tooMany;
      const contentType = checkFile(file, { kind: "file", filename: nameOf(file) });
      const picture = isPicture(contentType);
      const item: Chosen = { key: ++keys, file, ...(picture && { url: URL.createObjectURL(file) }) };
      chosen.value = [...chosen.value, item];
      if (item.url) void measure(item.key, item.url);
    } catch (error) {
      refused.push(
        error === tooMany
          ? t("files.too-many", { most: MOST })
          : `${nameOf(file)}: ${fileSentence(error as PasserbyError)}`,
      );
    }
  }
  problem.value = [...new Set(refused)].slice(0, SAID).join(" ") || undefined;
}

async function measure(key: number, src: string) {
  const image = new Image();
  image.src = src;
  await image.decode().catch(() => undefined);
  const { naturalWidth: width, naturalHeight: height } = image;
  if (width > 0) chosen.value = chosen.value.map((item) => (item.key === key ? { ...item, width, height } : item));
}

export function unchoose(key: number): void {
  for (const { key: one, url } of chosen.value) if (one === key && url) URL.revokeObjectURL(url);
  chosen.value = chosen.value.filter((item) => item.key !== key);
}

export const unchooseAll = (): void => chosen.value.forEach(({ key }) => unchoose(key));

/** Of rooms that are not looked at: as the unsent text, files wait there. */
const aside = new Map<string, readonly Chosen[]>();

export function putAside(roomId: string): void {
  if (chosen.value.length > 0) aside.set(roomId, chosen.value);
  chosen.value = [];
}

export function takeUp(roomId: string): void {
  for (const [id, items] of aside) {
    if (id === roomId) chosen.value = items;
    else if (id in state.peek().rooms) continue;
    else for (const { url } of items) if (url) URL.revokeObjectURL(url);
    aside.delete(id);
  }
}

/** The text is the last one's caption, so that it stands below them all. */
export function sendChosen(roomId: string, text: string, replyTo?: string): void {
  const items = chosen.value;
  chosen.value = [];
  for (const [index, { file, url, width, height }] of items.entries()) {
    const id = client.sendFile(roomId, file, {
      kind: "file",
      filename: nameOf(file),
      ...(width && height && { width, height }),
      ...(index === 0 && replyTo && { replyTo }),
      ...(index === items.length - 1 && text && { text }),
    });
    keepPreview(id, file, url);
  }
}
