/** Which files may be sent: declared type → its extensions, what the bytes may turn out to be, how they are served. */

interface FileType {
  extensions: readonly string[];
  /** What the first bytes may say (file-type's names); "text": they are text and say nothing. */
  real: readonly string[];
  /** Shown in the page; everything else is only ever downloaded. */
  inline?: true;
}

const office = "application/vnd.openxmlformats-officedocument";
const openDocument = "application/vnd.oasis.opendocument";
/** Office files are zip (new) or a compound file (old): stored, never opened, so a look at their first bytes has to do. */
const zipped = (name: string, extension: string): [string, FileType] => [
  name,
  { extensions: [extension], real: [name, "application/zip"] },
];
const compound = (name: string, ...extensions: string[]): [string, FileType] => [
  name,
  { extensions, real: ["application/x-cfb"] },
];
const shown = (extensions: string[], ...real: string[]): FileType => ({ extensions, real, inline: true });
const mp4 = ["video/mp4", "video/x-m4v", "audio/mp4", "audio/x-m4a", "video/quicktime"];
const ogg = ["audio/ogg", "video/ogg", "application/ogg", "audio/ogg; codecs=opus"];

export const fileTypes: ReadonlyMap<string, FileType> = new Map<string, FileType>([
  ["image/jpeg", shown(["jpg", "jpeg", "jfif"], "image/jpeg")],
  ["image/png", shown(["png"], "image/png", "image/apng")],
  ["image/gif", shown(["gif"], "image/gif")],
  ["image/webp", shown(["webp"], "image/webp")],
  ["image/bmp", shown(["bmp"], "image/bmp")],
  ["image/svg+xml", { extensions: ["svg"], real: ["text", "application/xml"] }],
  ["video/mp4", shown(["mp4", "m4v"], ...mp4)],
  ["video/webm", shown(["webm"], "video/webm", "video/matroska")],
  ["video/ogg", shown(["ogv", "ogg"], ...ogg)],
  ["video/quicktime", shown(["mov", "qt"], ...mp4)],
  ["video/x-msvideo", { extensions: ["avi"], real: ["video/vnd.avi"] }],
  ["video/x-ms-wmv", { extensions: ["wmv"], real: ["video/x-ms-asf", "application/vnd.ms-asf"] }],
  ["audio/mpeg", shown(["mp3"], "audio/mpeg")],
  ["audio/wav", shown(["wav"], "audio/wav")],
  ["audio/ogg", shown(["ogg", "oga", "opus"], ...ogg)],
  ["audio/webm", shown(["webm", "weba"], "video/webm", "video/matroska")],
  ["audio/mp4", shown(["m4a", "mp4"], ...mp4)],
  ["audio/aac", shown(["aac"], "audio/aac")],
  ["application/pdf", { extensions: ["pdf"], real: ["application/pdf"] }],
  ["text/plain", { extensions: ["txt", "text", "log", "md"], real: ["text"] }],
  ["text/csv", { extensions: ["csv"], real: ["text"] }],
  ["application/json", { extensions: ["json"], real: ["text"] }],
  ["application/xml", { extensions: ["xml"], real: ["text", "application/xml"] }],
  compound("application/msword", "doc"),
  compound("application/vnd.ms-excel", "xls"),
  compound("application/vnd.ms-powerpoint", "ppt"),
  zipped(`${office}.wordprocessingml.document`, "docx"),
  zipped(`${office}.spreadsheetml.sheet`, "xlsx"),
  zipped(`${office}.presentationml.presentation`, "pptx"),
  zipped(`${openDocument}.text`, "odt"),
  zipped(`${openDocument}.spreadsheet`, "ods"),
  zipped(`${openDocument}.presentation`, "odp"),
  ["application/zip", { extensions: ["zip"], real: ["application/zip"] }],
  ["application/vnd.rar", { extensions: ["rar"], real: ["application/x-rar-compressed", "application/vnd.rar"] }],
  ["application/x-tar", { extensions: ["tar"], real: ["application/x-tar"] }],
  ["application/gzip", { extensions: ["gz", "tgz"], real: ["application/gzip"] }],
]);

/** What browsers and systems call the same thing. */
const aliases: Record<string, string> = {
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-ms-bmp": "image/bmp",
  "video/avi": "video/x-msvideo",
  "video/vnd.avi": "video/x-msvideo",
  "video/x-m4v": "video/mp4",
  "audio/mp3": "audio/mpeg",
  "audio/wave": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/x-m4a": "audio/mp4",
  "audio/m4a": "audio/mp4",
  "audio/x-aac": "audio/aac",
  "audio/opus": "audio/ogg",
  "text/xml": "application/xml",
  "text/json": "application/json",
  "text/markdown": "text/plain",
  "application/csv": "text/csv",
  "application/x-zip-compressed": "application/zip",
  "application/x-zip": "application/zip",
  "application/x-rar-compressed": "application/vnd.rar",
  "application/x-rar": "application/vnd.rar",
  "application/x-gzip": "application/gzip",
  "application/x-compressed-tar": "application/gzip",
};

/** `Audio/WebM;codecs=opus` → `audio/webm`; undefined where that type is not accepted. */
export function canonicalType(declared: string): string | undefined {
  const bare = declared.split(";")[0]!.trim().toLowerCase();
  const name = Object.hasOwn(aliases, bare) ? aliases[bare]! : bare;
  return fileTypes.has(name) ? name : undefined;
}

/** Does the name end as that type's files do? A name without an extension lies to nobody. */
export function nameFits(filename: string, contentType: string): boolean {
  const extension = /\.([^./\\]*)$/.exec(filename.trim())?.[1]?.toLowerCase();
  return extension === undefined || fileTypes.get(contentType)!.extensions.includes(extension);
}

/** The headers of the bytes. */
export interface Served {
  contentType: string;
  disposition: string;
}

/** Only what cannot run script is shown; text that a browser could take for a page is served as mere bytes (U5). */
export function servedAs(contentType: string, filename: string): Served {
  const inline = fileTypes.get(contentType)?.inline === true;
  const active = /xml|html|json|csv|text/.test(contentType);
  const ascii = filename.replace(/[^\w .()-]/g, "_");
  const encoded = encodeURIComponent(filename.replace(/\p{Surrogate}/gu, "_")).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  return {
    contentType: active ? "application/octet-stream" : contentType,
    disposition: `${inline ? "inline" : "attachment"}; filename="${ascii}"; filename*=UTF-8''${encoded}`,
  };
}
