/** Uploads from end to end: nodes, functions and the gateway over one Redis and one store; a client that knows the contract only. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadHandler } from "../../local/gateway.ts";
import type { RouteAnswer, Upload } from "../../shared/protocol/index.ts";
import { diskKey, diskStore } from "../../shared/storage/disk.ts";
import { type Answer, type Api, startApi } from "./http.ts";
import { type Cluster, startCluster } from "./nodes.ts";

export type SlotAnswer = RouteAnswer<"POST /api/uploads">;
type Form = SlotAnswer["form"];

export interface FileSpec {
  filename: string;
  contentType: string;
  bytes: Uint8Array;
  kind?: "file" | "voice";
  durationMs?: number;
  peaks?: number[];
}

const generous = { GUESTS_PER_15_MIN: "100000", API_PER_15_MIN: "100000", UPLOADS_PER_HOUR: "100000" };

/** Sends a form as a browser does: its fields, then the file. */
export async function sendForm(form: Form, bytes: Uint8Array, change = (fields: Form["fields"]) => fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(change({ ...form.fields }))) body.append(name, value);
  body.append("file", new Blob([new Uint8Array(bytes)]), "blob");
  const answer = await fetch(form.url, { method: "POST", body, signal: AbortSignal.timeout(30_000) });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** Asks for a slot; a refusal is an answer too. */
export const askSlot = (api: Api, token: string | undefined, roomId: string, file: FileSpec): Promise<Answer> => {
  const { filename, contentType, bytes, kind = "file", durationMs, peaks } = file;
  const body = { roomId, kind, filename, contentType, sizeBytes: bytes.length };
  return api.ask("/api/uploads", {
    token,
    body: { ...body, ...(durationMs !== undefined && { durationMs }), ...(peaks && { peaks }) },
  });
};

export const completeUpload = (api: Api, token: string, id: string): Promise<Answer> =>
  api.ask(`/api/uploads/${id}/complete`, { token, method: "POST" });

/** What became of it: the complete upload, or where and why it was refused. */
export async function tryUpload(
  api: Api,
  token: string,
  roomId: string,
  file: FileSpec,
): Promise<{ upload?: Upload; refused?: string }> {
  const slot = await askSlot(api, token, roomId, file);
  if (slot.status !== 201) return { refused: `slot ${slot.problem().code}` };
  const { upload, form } = slot.json() as SlotAnswer;
  const put = await sendForm(form, file.bytes);
  if (put.status !== 204) return { refused: `store ${put.status}` };
  const done = await completeUpload(api, token, upload.id);
  return done.status === 200 ? (done.json() as { upload: Upload }) : { refused: `complete ${done.problem().code}` };
}

export async function upload(api: Api, token: string, roomId: string, file: FileSpec): Promise<Upload> {
  const { upload: done, refused } = await tryUpload(api, token, roomId, file);
  if (!done) throw new Error(`${file.filename} was refused: ${refused}`);
  return done;
}

/** The bytes and their headers, through the redirect. */
export async function fetchUpload(api: Api, path: string, token?: string) {
  const redirect = await api.ask(path, { token });
  if (redirect.status !== 302) return { status: redirect.status, redirect };
  const location = new URL(redirect.headers.get("location")!, api.url).href;
  const answer = await fetch(location, { signal: AbortSignal.timeout(10_000) });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, bytes, location, redirect };
}

export interface UploadWorld extends AsyncDisposable {
  cluster: Cluster;
  api: Api;
  directory: string;
  objects: ReturnType<typeof diskStore>;
}

export async function startUploads(settings: Record<string, string> = {}, load?: LoadHandler): Promise<UploadWorld> {
  const directory = mkdtempSync(join(tmpdir(), "passerby-uploads-"));
  const all = { UPLOAD_STORE: `disk:${directory}`, ...generous, ...settings };
  const cluster = await startCluster(1, all);
  const { REDIS_URL, JWT_KEYS } = cluster.env as { REDIS_URL: string; JWT_KEYS: string };
  const api = await startApi({ ...all, REDIS_URL, JWT_KEYS }, load);
  return {
    cluster,
    api,
    directory,
    objects: diskStore(directory, diskKey(JWT_KEYS.split(":")[1]!)),
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}
