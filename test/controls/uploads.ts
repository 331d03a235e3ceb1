/** Files that lie, hide something or blow up; and that all of them are forgotten. */
import type { Lines } from "./row.ts";

const bad = { test: "test/uploads.test.ts", title: "[U5] files that lie, hide something or blow up" };
const places = { test: "test/uploads.test.ts", title: "neither place nor camera leaves with an image" };
const form = { test: "test/uploads.test.ts", title: "the store: size, type, key, expiry and signature of the form" };

const foreign = { test: "test/uploads-access.test.ts", title: "a stranger's slot, complete, read and send" };
const full = { test: "test/uploads-resources.test.ts", title: "a full disk is a clear error" };
const left = {
  fault: "what a form brought stays though it was refused",
  file: "local/upload-form.ts",
  from: "    await rm(part, { force: true });\n",
  to: "",
};

export const uploads: Lines = {
  "40 files that lie": [
    {
      ...bad,
      fault: "a file is what it says it is",
      file: "functions/inspect.ts",
      from: "  if (!real.includes(kind)) throw wrong();",
      to: "",
    },
    {
      ...bad,
      fault: "an image may be as large as it likes",
      file: "functions/images.ts",
      from: "if (width * pageHeight > maxPixels || pages > maxFrames || width * pageHeight * pages > maxFramePixels)",
      to: "if (pages > 1_000_000)",
    },
    {
      ...bad,
      fault: "a page passes for text",
      file: "functions/inspect.ts",
      from: "  if (text !== undefined) checkText(text, contentType);\n",
      to: "",
    },
    {
      ...bad,
      fault: "the name need not fit the type",
      file: "functions/uploads.ts",
      from: "if (!nameFits(filename, contentType))",
      to: "if (filename === contentType)",
    },
    {
      ...bad,
      fault: "an image is kept as it came",
      file: "functions/check-upload.ts",
      from: "  if (isDecoded(contentType)) return cleanImage(objects, key, contentType);\n",
      to: "",
    },
    {
      ...bad,
      fault: "a name keeps its path and its direction characters",
      file: "functions/uploads.ts",
      from: "const filename = cleanName(slot.filename);",
      to: "const { filename } = slot;",
    },
  ],
  "forms that were tampered with": [
    {
      ...form,
      fault: "fields that no condition names are let in",
      file: "shared/storage/policy.ts",
      from: 'if (extra !== undefined) throw denied("Invalid according to Policy: Extra input fields");',
      to: "",
    },
    {
      ...form,
      fault: "a form's signature is not looked at",
      file: "shared/storage/policy.ts",
      from: 'if (!known || !sameText(signPolicy(policy, date, signer), field("x-amz-signature"))) {',
      to: "if (!known) {",
    },
    { ...form, ...left },
    {
      test: "test/uploads.test.ts",
      title: "sent again after complete, the form changes nothing",
      fault: "what is served stays in the form's reach",
      file: "shared/storage/store.ts",
      from: "=> `kept/${uploadId}`",
      to: "=> `in/${uploadId}`",
    },
  ],
  "GPS gone from jpeg, png and webp": [
    {
      ...places,
      fault: "a picture keeps its metadata",
      file: "functions/images.ts",
      from: "const written = await encoders[format]!(image)",
      to: "const written = await encoders[format]!(image.keepMetadata())",
    },
    {
      ...places,
      fault: "a large WebP keeps its metadata",
      file: "functions/webp.ts",
      from: '"ANMF", "ICCP"]',
      to: '"ANMF", "ICCP", "EXIF", "XMP "]',
    },
    {
      test: "test/images.test.ts",
      title: "loses place, camera and trailer",
      fault: "a large JPEG keeps its metadata",
      file: "functions/jpeg.ts",
      from: "(marker >= 0xc0 && marker <= 0xdf) ||",
      to: "(marker >= 0xc0 && marker <= 0xef) ||",
    },
  ],
  "what is stored cannot run script here": [
    {
      ...bad,
      fault: "an SVG is shown in the page",
      file: "shared/protocol/file-types.ts",
      from: "const inline = fileTypes.get(contentType)?.inline === true;",
      to: 'const inline = contentType.startsWith("image/");',
    },
    {
      ...bad,
      fault: "a browser may guess a file's type",
      file: "local/uploads.ts",
      from: '  "X-Content-Type-Options": "nosniff",\n',
      to: "",
    },
    {
      ...bad,
      fault: "a file has no policy of its own",
      file: "local/uploads.ts",
      from: `  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",\n`,
      to: "",
    },
  ],
  "only members read it": [
    {
      ...foreign,
      fault: "whoever has the id may read it",
      file: "shared/stores/uploads.ts",
      from: '      if (!(await redis.hexists(key("members", room), userId))) throw notTheirs();\n',
      to: "",
    },
    {
      ...foreign,
      fault: "a ticket is good for every upload",
      file: "shared/tickets.ts",
      from: "update(`upload-ticket:${uploadId}:${expires}`)",
      to: "update(`upload-ticket:${uploadId.length}:${expires}`)",
    },
  ],
  "a full disk": [
    { ...full, ...left },
    {
      ...full,
      fault: "a full disk refuses the upload for good",
      file: "shared/storage/disk.ts",
      from: '["ENOSPC", "EDQUOT"]',
      to: '["EDQUOT"]',
    },
  ],
  "24 hours later": [
    {
      test: "test/cleanup.test.ts",
      title: "past its time a read is 404 at once",
      fault: "a read does not look at the time",
      file: "shared/stores/uploads.ts",
      from: "if (due === null || Number(due) <= Date.now() || room === undefined",
      to: "if (due === null || room === undefined",
    },
    {
      test: "test/forget.test.ts",
      title: "[S4] [U4] a session that was deleted",
      fault: "an expired session is not forgotten",
      file: "shared/stores/reap.lua",
      from: "for _, guest in ipairs(due(K.sessions)) do endSession(guest, 'expired') end\n",
      to: "",
    },
  ],
};
