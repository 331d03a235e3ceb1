/** What a file's first bytes say it is. Archives and Office files are never opened. */
import { fileTypeFromBuffer } from "file-type";
import { PasserbyError } from "../shared/protocol/errors.ts";
import { fileTypes } from "../shared/protocol/file-types.ts";

/** How much of a file is looked at. */
export const headBytes = 64 * 1024;
export const maxPixels = 40_000_000;

const wrong = (message = "The file is not of the type that was declared") =>
  new PasserbyError("unsupported-type", message);

/** Text holds no control characters but white space and escape; UTF-16 (with its mark) holds NULs and is decoded first. */
function textOf(head: Buffer): string | undefined {
  const mark = head.subarray(0, 2).toString("hex");
  if (mark === "fffe" || mark === "feff")
    return new TextDecoder(mark === "fffe" ? "utf-16le" : "utf-16be").decode(head);
  // oxlint-disable-next-line no-control-regex
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(head.toString("latin1")) ? undefined : head.toString("utf8");
}

/** The name of the first element, after mark, white space, declarations, comments and the doctype; "!html" for its doctype. */
function rootElement(text: string): string {
  const start = text
    .replace(/^\ufeff/, "")
    .replace(/^(?:\s|<\?[^>]*>|<!--[^]*?-->|<!doctype\s+(?!html)[^>[]*(?:\[[^\]]*\]\s*)?>)+/i, "");
  if (/^<!doctype\s+html/i.test(start)) return "!html";
  return (/^<([a-z][\w:.-]*)/i.exec(start)?.[1] ?? "").toLowerCase();
}

const page = new Set(
  "!html html head body title meta link base script style iframe frame frameset object embed form div p span a img svg:svg svg:script table b h1 br".split(
    " ",
  ),
);

function checkText(text: string, contentType: string): void {
  const root = rootElement(text);
  if (contentType === "image/svg+xml" ? root !== "svg" : root === "svg" || page.has(root)) throw wrong();
  if (contentType === "application/xml" && root === "") throw wrong();
  if (contentType === "application/json" && !/^[\ufeff\s]*(?:[{["\d-]|true|false|null)/.test(text)) throw wrong();
}

/** Nothing here can decode a BMP; its header says how large it would get. */
export function bmpSize(head: Buffer): { width: number; height: number } {
  const old = head.length >= 26 && head.readUInt32LE(14) === 12;
  if (head.length < 26) throw wrong();
  const width = old ? head.readUInt16LE(18) : Math.abs(head.readInt32LE(18));
  const height = old ? head.readUInt16LE(20) : Math.abs(head.readInt32LE(22));
  if (width * height > maxPixels) throw new PasserbyError("payload-too-large", "The image has too many pixels");
  return { width, height };
}

/**
 * @param head the first `headBytes` of the file
 * @throws `unsupported-type` where they are not what was declared (U2)
 */
export async function checkType(head: Buffer, contentType: string): Promise<void> {
  const found = (await fileTypeFromBuffer(head).catch(() => undefined))?.mime;
  const { real } = fileTypes.get(contentType)!;
  const text = found === undefined || found === "application/xml" ? textOf(head) : undefined;
  const kind = found ?? (text === undefined ? "" : "text");
  if (!real.includes(kind)) throw wrong();
  if (text !== undefined) checkText(text, contentType);
}
