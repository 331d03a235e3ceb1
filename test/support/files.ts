/** One file of every accepted kind, and those that lie, hide something, or blow up. */
import { gzipSync } from "node:zlib";
import { animatedGif, blackPng, bmp, canvas, hex, mp4, ogg, tar, text, u32, wav, webm, zip } from "./file-makers.ts";
import type { FileSpec } from "./uploads.ts";

const office = "application/vnd.openxmlformats-officedocument";
const svg = (inner: string) =>
  text(`<?xml version="1.0"?>\n<!-- a picture -->\n<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`);
const html = text("<!DOCTYPE html><html><script>alert(document.domain)</script></html>");
const pdf = text(
  "%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
);
const mp3 = Buffer.concat(Array.from({ length: 10 }, () => Buffer.concat([hex("fffb9064"), Buffer.alloc(413)])));
const file = (filename: string, contentType: string, bytes: Uint8Array, more: Partial<FileSpec> = {}): FileSpec => ({
  filename,
  contentType,
  bytes,
  ...more,
});

/** One of every kind that the contract lists. */
export async function goodFiles(): Promise<FileSpec[]> {
  return [
    file("photo.JPG", "image/jpeg", await canvas().jpeg().toBuffer()),
    file("drawing.png", "image/png", await canvas().png().toBuffer()),
    file("cat.gif", "image/gif", await animatedGif()),
    file("small.webp", "image/webp", await canvas().webp().toBuffer()),
    file("old.bmp", "image/bmp", bmp()),
    file("logo.svg", "image/svg+xml", svg("<circle r='1'/>")),
    file("clip.mp4", "video/mp4", mp4("isom", 2)),
    file("clip.webm", "video/webm", webm(1)),
    file("clip.ogv", "video/ogg", ogg(1)),
    file("clip.mov", "video/quicktime", mp4("qt  ", 2)),
    file("clip.avi", "video/x-msvideo", Buffer.concat([text("RIFF"), u32(100), text("AVI LIST"), Buffer.alloc(100)])),
    file(
      "clip.wmv",
      "video/x-ms-wmv",
      Buffer.concat([
        hex("3026b2758e66cf11a6d900aa0062ce6c"),
        Buffer.alloc(14),
        hex("9107dcb7b7a9cf118ee600c00c205365"),
        u32(78),
        u32(0),
        hex("c0ef19bc4d5bcf11a8fd00805f5c442b"),
        Buffer.alloc(100),
      ]),
    ),
    file("song.mp3", "audio/mpeg", mp3),
    file("song.wav", "audio/x-wav", wav(1)),
    file("song.m4a", "audio/x-m4a", mp4("M4A ", 2)),
    file(
      "song.aac",
      "audio/aac",
      Buffer.concat([hex("fff15080 2dbffc"), Buffer.alloc(400), hex("fff15080 2dbffc"), Buffer.alloc(400)]),
    ),
    file("paper.pdf", "application/pdf", pdf),
    file("notes.txt", "text/plain; charset=utf-8", text("héllo\n")),
    file("table.csv", "text/csv", text("a;b\n1;2\n")),
    file("data.json", "application/json", text('{"a":1}')),
    file("data.xml", "text/xml", text('<?xml version="1.0"?><note>1</note>')),
    file(
      "letter.docx",
      `${office}.wordprocessingml.document`,
      zip({ "[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>" }),
    ),
    file(
      "letter.odt",
      "application/vnd.oasis.opendocument.text",
      zip({ mimetype: "application/vnd.oasis.opendocument.text" }),
    ),
    file("letter.doc", "application/msword", Buffer.concat([hex("d0cf11e0a1b11ae1"), Buffer.alloc(600)])),
    file("pack.zip", "application/x-zip-compressed", zip({ "a.txt": "a" })),
    file("pack.rar", "application/vnd.rar", Buffer.concat([hex("526172211a0701 00"), Buffer.alloc(100)])),
    file("pack.tar", "application/x-tar", tar("a.txt", "a")),
    file("pack.tar.gz", "application/gzip", gzipSync(tar("a.txt", "a"))),
  ];
}

/** `kept`: stored, and its bytes must then be harmless. Otherwise where it is refused, and why. */
export type Verdict = "kept" | `${"slot" | "store" | "complete"} ${string}`;

/** What somebody may try. */
export async function badFiles(): Promise<(FileSpec & { what: string; verdict: Verdict })[]> {
  const jpeg = await canvas().jpeg().toBuffer();
  const png = await canvas().png().toBuffer();
  const gif = await animatedGif();
  const wrongType = "complete unsupported-type";
  const bad = (what: string, verdict: Verdict, ...rest: Parameters<typeof file>) => ({
    what,
    verdict,
    ...file(...rest),
  });
  return [
    bad("HTML as HTML", "slot unsupported-type", "a.html", "text/html", html),
    bad("HTML as text", wrongType, "a.txt", "text/plain", html),
    bad(
      "HTML as text behind a mark and a comment",
      wrongType,
      "a.txt",
      "text/plain",
      text("\ufeff \n<!-- x -->\n<script>alert(1)</script>"),
    ),
    bad("HTML as an image", wrongType, "a.png", "image/png", html),
    bad("HTML as SVG", wrongType, "a.svg", "image/svg+xml", html),
    bad(
      "XHTML as XML",
      wrongType,
      "a.xml",
      "application/xml",
      text('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'),
    ),
    bad("HTML as CSV", wrongType, "a.csv", "text/csv", html),
    bad("HTML as JSON", wrongType, "a.json", "application/json", html),
    bad("an SVG with script", "kept", "a.svg", "image/svg+xml", svg("<script>alert(1)</script>")),
    bad(
      "an SVG with a handler and a doctype of entities",
      "kept",
      "b.svg",
      "image/svg+xml",
      text('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg onload="alert(1)">&x;</svg>'),
    ),
    bad("an SVG as PNG", wrongType, "a.png", "image/png", svg("")),
    bad("an SVG as XML", wrongType, "a.xml", "application/xml", svg("<script>alert(1)</script>")),
    bad("an SVG as text", wrongType, "a.txt", "text/plain", svg("")),
    bad("a program named as a picture of its own", "slot unsupported-type", "photo.jpg.exe", "image/jpeg", jpeg),
    bad("a page after a picture's name", "slot unsupported-type", "photo.jpg.html", "image/jpeg", jpeg),
    bad("a picture after a page's name", "kept", "page.html.jpg", "image/jpeg", jpeg),
    bad("a name turned around", "slot unsupported-type", "gpj.\u202eexe.scr", "image/jpeg", jpeg),
    bad("a name with a path", "kept", "../../../etc/cron.d/x.jpg", "image/jpeg", jpeg),
    bad("a name with header lines", "kept", 'a"\r\nX-Evil: 1\r\n.jpg', "image/jpeg", jpeg),
    bad("a name of nothing", "slot invalid", "\u202e \n", "text/plain", text("x")),
    bad("a program", "slot unsupported-type", "a.exe", "application/x-msdownload", text("MZ")),
    bad("a program as a zip", wrongType, "a.zip", "application/zip", Buffer.concat([text("MZ"), Buffer.alloc(500)])),
    bad(
      "a Linux program as text",
      wrongType,
      "a.txt",
      "text/plain",
      Buffer.concat([hex("7f454c460201010000"), Buffer.alloc(100)]),
    ),
    bad(
      "a Java archive as a zip",
      wrongType,
      "a.zip",
      "application/zip",
      zip({ "META-INF/MANIFEST.MF": "Main-Class: Evil", "Evil.class": "x" }),
    ),
    bad("any bytes", "slot unsupported-type", "a.bin", "application/octet-stream", text("x")),
    bad("JavaScript", "slot unsupported-type", "a.js", "text/javascript", text("alert(1)")),
    bad("no bytes", "slot invalid", "a.txt", "text/plain", Buffer.alloc(0)),
    bad("a PNG as JPEG", wrongType, "a.jpg", "image/jpeg", png),
    bad("a JPEG as PDF", wrongType, "a.pdf", "application/pdf", jpeg),
    bad("text as PNG", wrongType, "a.png", "image/png", text("not a picture")),
    bad("text as MP4", wrongType, "a.mp4", "video/mp4", text("not a film")),
    bad("a zip as Word's", "kept", "a.docx", `${office}.wordprocessingml.document`, zip({ "a.txt": "x" })),
    bad("a PDF as a zip", wrongType, "a.zip", "application/zip", pdf),
    bad("half a JPEG", wrongType, "a.jpg", "image/jpeg", jpeg.subarray(0, jpeg.length / 2)),
    bad(
      "a PNG's signature and noise",
      wrongType,
      "a.png",
      "image/png",
      Buffer.concat([png.subarray(0, 40), Buffer.alloc(500, 7)]),
    ),
    bad("a JPEG with a page behind it", "kept", "b.jpg", "image/jpeg", Buffer.concat([jpeg, html])),
    bad(
      "a PNG with a zip behind it",
      "kept",
      "b.png",
      "image/png",
      Buffer.concat([png, zip({ "a.html": "<script>alert(1)</script>" })]),
    ),
    bad(
      "a GIF that is a script",
      "complete unsupported-type",
      "b.gif",
      "image/gif",
      Buffer.concat([text("GIF89a=1;alert(document.domain)//"), Buffer.alloc(64)]),
    ),
    bad(
      "a GIF with a script in its comment",
      "kept",
      "c.gif",
      "image/gif",
      Buffer.concat([gif.subarray(0, -1), hex("21fe"), Buffer.from([html.length]), html, hex("00 3b")]),
    ),
    bad(
      "a PDF with a page in front",
      "complete unsupported-type",
      "b.pdf",
      "application/pdf",
      Buffer.concat([html, pdf]),
    ),
    bad("a PNG of 225 megapixels", "complete payload-too-large", "bomb.png", "image/png", blackPng(15_000, 15_000)),
    bad("a BMP of 4,000 megapixels", "complete payload-too-large", "bomb.bmp", "image/bmp", bmp(65_000, 65_000)),
    bad("a GIF of 501 frames", "complete payload-too-large", "bomb.gif", "image/gif", await animatedGif(501)),
    bad(
      "a gzip that unpacks to 50 MB",
      "kept",
      "bomb.gz",
      "application/gzip",
      gzipSync(Buffer.alloc(50_000_000), { level: 1 }),
    ),
    bad(
      "a zip that claims to hold 4 GB",
      "kept",
      "bomb.zip",
      "application/zip",
      Buffer.from(zip({ "a.txt": "x" })).fill(0xff, 18, 26),
    ),
    bad(
      "XML that multiplies",
      "kept",
      "laughs.xml",
      "application/xml",
      text('<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'),
    ),
    bad("a film as a voice note", "slot unsupported-type", "a.mp4", "video/mp4", mp4("isom", 2), { kind: "voice" }),
    bad("a voice note of 11 MB", "slot payload-too-large", "a.wav", "audio/wav", Buffer.alloc(11 * 1024 * 1024), {
      kind: "voice",
    }),
    bad("a voice note of 310 s", "complete payload-too-large", "a.wav", "audio/wav", wav(310), {
      kind: "voice",
      durationMs: 1_000,
    }),
    bad("a voice note that is longer than it says", "complete invalid", "a.webm", "audio/webm;codecs=opus", webm(60), {
      kind: "voice",
      durationMs: 2_000,
    }),
  ];
}
