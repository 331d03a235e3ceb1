/** Guests who upload small files, some at a time. */
import { serveJobs } from "./jobs.ts";
import { latencies } from "./numbers.ts";
import { watchCpu, type Watched } from "./proc.ts";

export interface UploadsPlan extends Watched {
  url: string;
  /** One lane each. */
  guests: { token: string; roomId: string }[];
  files: number;
  warm: number;
}

type Lane = UploadsPlan["guests"][number];
type Times = { signedMs: number[]; completedMs: number[]; wholeMs: number[] };

const bytes = Buffer.from("Notes of a walk, as people keep them.\n".repeat(430));
const file = new Blob([bytes], { type: "text/plain" });

async function post(url: string, status: number, init: RequestInit): Promise<unknown> {
  const answer = await fetch(url, { method: "POST", ...init });
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  return text ? JSON.parse(text) : undefined;
}

function form(fields: Record<string, string>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file, "notes.txt");
  return body;
}

async function ours(url: string, { token, roomId }: Lane, { signedMs, completedMs }: Times): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const about = { roomId, kind: "file", filename: "notes.txt", contentType: "text/plain", sizeBytes: bytes.length };
  const asked = performance.now();
  const slot = (await post(`${url}/api/uploads`, 201, { headers, body: JSON.stringify(about) })) as {
    upload: { id: string };
    form: { url: string; fields: Record<string, string> };
  };
  signedMs.push(performance.now() - asked);
  await post(slot.form.url, 204, { body: form(slot.form.fields) });
  const sent = performance.now();
  await post(`${url}/api/uploads/${slot.upload.id}/complete`, 200, {
    headers: { authorization: headers.authorization },
  });
  completedMs.push(performance.now() - sent);
}

const bare = (url: string, { token }: Lane) =>
  post(`${url}/files`, 201, { headers: { authorization: `Bearer ${token}` }, body: form({}) });

async function run({ url, guests, files, warm, ...watch }: UploadsPlan, one: typeof ours | typeof bare) {
  async function all(count: number): Promise<Times> {
    const times: Times = { signedMs: [], completedMs: [], wholeMs: [] };
    let left = count;
    const lane = async (guest: Lane) => {
      while (left-- > 0) {
        const from = performance.now();
        await one(url, guest, times);
        times.wholeMs.push(performance.now() - from);
      }
    };
    await Promise.all(guests.map(lane));
    return times;
  }
  await all(warm);
  const micros = watchCpu(watch);
  const from = performance.now();
  const { signedMs, completedMs, wholeMs } = await all(files);
  const perSecond = Math.round((files * 1000) / (performance.now() - from));
  const { nodeMicros, redisMicros } = micros(files);
  const signed = latencies(signedMs);
  const completed = latencies(completedMs);
  return {
    perSecond,
    nodeMicros,
    redisMicros,
    ...latencies(wholeMs),
    ...(signedMs.length > 0 && {
      signP50Ms: signed.p50Ms,
      signP99Ms: signed.p99Ms,
      completeP50Ms: completed.p50Ms,
      completeP99Ms: completed.p99Ms,
    }),
  };
}

serveJobs({ ours: (plan: UploadsPlan) => run(plan, ours), bare: (plan: UploadsPlan) => run(plan, bare) });
