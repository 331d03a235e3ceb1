/**
 * Files on their way: one under way at a time, in the order they were chosen; each becomes a message of the outbox once the
 * server has checked it. They live as long as the page: the bytes of a file do not outlive it.
 */
import { PasserbyError, type ErrorBody } from "../protocol/errors.ts";
import { randomText } from "../protocol/ids.ts";
import type { Upload } from "../protocol/index.ts";
import { checkFile, shortName, type LocalAttachment, type NewFile } from "./files.ts";
import type { Course, Leg } from "./upload-course.ts";

export interface UploadItem {
  /** The message's, once there is one. */
  clientMessageId: string;
  roomId: string;
  kind: "file" | "voice";
  attachment: LocalAttachment;
  text?: string;
  replyTo?: string;
  /** ISO time. */
  writtenAt: string;
  /** `waiting`: for those before it, or for a connection. */
  stage: "waiting" | "sending" | "checking" | "failed";
  sentBytes: number;
  failed?: ErrorBody;
}

export interface UploadsOptions {
  run: (leg: Leg) => Promise<Upload>;
  set: (items: readonly UploadItem[]) => void;
  /** Checked: now it is a message. */
  onDone: (item: UploadItem, upload: Upload) => void;
}

interface Job {
  item: UploadItem;
  file: Blob;
  course: Course;
  abort: AbortController;
}

/** Progress is told in this many steps: each redraws the page. */
const STEPS = 50;

const asBody = (error: unknown): ErrorBody =>
  error instanceof PasserbyError ? error.toBody() : new PasserbyError("internal").toBody();

export function createUploads({ run, set, onDone }: UploadsOptions) {
  let jobs: readonly Job[] = [];
  let pumping = false;

  const find = (id: string) => jobs.find(({ item }) => item.clientMessageId === id);
  const publish = () => set(jobs.map(({ item }) => item));

  function change(job: Job, next: Partial<UploadItem>) {
    job.item = { ...job.item, ...next };
    publish();
  }

  function remove(doomed: (job: Job) => boolean) {
    if (!jobs.some(doomed)) return;
    for (const job of jobs) if (doomed(job)) job.abort.abort();
    jobs = jobs.filter((job) => !doomed(job));
    publish();
  }

  async function carry(job: Job) {
    const { file, course, abort, item } = job;
    const { roomId, kind, attachment } = item;
    const { width: _width, height: _height, ...about } = attachment;
    const { signal } = abort;
    const onStage: Leg["onStage"] = (stage, sentBytes) => {
      if (signal.aborted) return;
      const step = Math.abs(sentBytes - job.item.sentBytes);
      if (stage !== job.item.stage || step >= file.size / STEPS) change(job, { stage, sentBytes });
    };
    try {
      const upload = await Promise.race([
        run({ file, course, signal, slot: { roomId, kind, ...about }, onStage }),
        // Those behind it do not wait for an answer that nobody wants.
        new Promise<never>((_, reject) => signal.addEventListener("abort", reject, { once: true })),
      ]);
      if (signal.aborted) return;
      jobs = jobs.filter((one) => one !== job);
      onDone(job.item, upload);
      publish();
    } catch (error) {
      if (!signal.aborted) change(job, { stage: "failed", failed: asBody(error) });
    }
  }

  async function pump() {
    if (pumping) return;
    pumping = true;
    for (let job; (job = jobs.find(({ item }) => item.stage !== "failed"));) await carry(job);
    pumping = false;
  }

  return {
    /** @throws PasserbyError where the server would refuse it */
    add(roomId: string, file: Blob, { text, replyTo, ...about }: NewFile): UploadItem {
      const { kind, filename, ...rest } = about;
      const contentType = checkFile(file, about);
      const attachment = { ...rest, filename: shortName(filename), contentType, sizeBytes: file.size };
      const item: UploadItem = {
        clientMessageId: randomText(16),
        roomId,
        kind,
        attachment,
        ...(text && { text }),
        ...(replyTo && { replyTo }),
        writtenAt: new Date().toISOString(),
        stage: "waiting",
        sentBytes: 0,
      };
      jobs = [...jobs, { item, file, course: { bytes: "none", slots: 0 }, abort: new AbortController() }];
      publish();
      void pump();
      return item;
    },

    /** Goes on from where it failed. */
    retry(id: string) {
      const job = find(id);
      if (job?.item.stage !== "failed") return;
      job.abort = new AbortController();
      change(job, { stage: "waiting", sentBytes: 0, failed: undefined });
      void pump();
    },

    /** Cancels it, or clears away what failed. */
    discard: (id: string) => remove(({ item }) => item.clientMessageId === id),

    /** The room takes nothing any more. */
    close(roomId: string) {
      const failed = new PasserbyError("room-closed").toBody();
      for (const job of jobs.filter(({ item }) => item.roomId === roomId && item.stage !== "failed")) {
        job.abort.abort();
        change(job, { stage: "failed", failed });
      }
    },

    /** Nobody looks at that room any more. */
    drop: (roomId: string) => remove(({ item }) => item.roomId === roomId),
    clear: () => remove(() => true),
  };
}

export type Uploads = ReturnType<typeof createUploads>;
