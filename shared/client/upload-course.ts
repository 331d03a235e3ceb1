/** The course of one upload: a slot, the bytes, the check. Goes on where it stopped, and never sends bytes that arrived. */
import { PasserbyError } from "../protocol/errors.ts";
import type { RouteAnswer, RouteBody, Upload } from "../protocol/index.ts";
import { mayRetry, retrying, waitMs } from "./backoff.ts";
import { fileError } from "./files.ts";
import type { SendForm, Slot } from "./forms.ts";
import type { Http, HttpOptions } from "./http.ts";

/** What is kept between two attempts. */
export interface Course {
  slot?: Slot;
  /** `unknown`: sent, but the answer did not come. */
  bytes: "none" | "unknown" | "there";
  /** Slots taken since the guest last said go; they are counted by the hour, so there is an end to it. */
  slots: number;
}

export interface CourseOptions {
  http: Http;
  /** A token good for now. Throws PasserbyError. */
  token: () => Promise<string>;
  refresh: () => Promise<unknown>;
  /** Resolves once there is a connection; an upload under way does not need one. */
  online: (signal: AbortSignal) => Promise<void>;
  sendForm: SendForm;
  random?: () => number;
}

export interface Leg {
  file: Blob;
  slot: RouteBody<"POST /api/uploads">;
  course: Course;
  signal: AbortSignal;
  onStage: (stage: "waiting" | "sending" | "checking", sentBytes: number) => void;
}

const ATTEMPTS = 8;
const SLOTS = 3;
/** A server that asks for more than this is the guest's to wait for, not ours. */
const PATIENCE_MS = 30_000;
/** A form about to expire would be refused halfway. */
const MARGIN_MS = 10_000;

const formRefused = (status: number): PasserbyError => {
  // The file is not what it was when its size was taken.
  if (status === 400 || status === 413) return fileError("changed");
  return new PasserbyError("unavailable", `The store answered ${status}`);
};

export function createCourse({ http, token, refresh, online, sendForm, random = Math.random }: CourseOptions) {
  const ask = async <R extends "POST /api/uploads" | "POST /api/uploads/:id/complete">(
    route: R,
    options: HttpOptions<R>,
  ): Promise<RouteAnswer<R>> => http(route, { token: await token(), ...options });

  const restart = (course: Course) => {
    course.slot = undefined;
    course.bytes = "none";
  };

  async function sendBytes({ file, course, signal, onStage }: Leg, slot: Slot) {
    await file
      .slice(0, 1)
      .arrayBuffer()
      .catch(() => {
        throw fileError("unreadable");
      });
    onStage("sending", 0);
    course.bytes = "unknown";
    const onProgress = (bytes: number) => onStage("sending", Math.min(bytes, file.size));
    const status = await sendForm(slot.form, file, { signal, onProgress }).catch(() => {
      throw new PasserbyError("unavailable", "The connection to the store broke off");
    });
    course.bytes = status < 300 ? "there" : "none";
    if (status === 403) course.slot = undefined; // its form has expired
    if (status >= 300) throw formRefused(status);
  }

  async function once(leg: Leg): Promise<Upload> {
    const { course } = leg;
    if (course.bytes === "none" && Date.parse(course.slot?.expiresAt ?? "") - MARGIN_MS < Date.now()) restart(course);
    if (!course.slot) {
      course.slot = await ask("POST /api/uploads", { body: leg.slot });
      course.slots += 1;
    }
    const { slot } = course;
    leg.signal.throwIfAborted();
    if (course.bytes === "none") await sendBytes(leg, slot);
    leg.signal.throwIfAborted();
    leg.onStage("checking", leg.file.size);
    return (await ask("POST /api/uploads/:id/complete", { params: { id: slot.upload.id } })).upload;
  }

  /** @throws PasserbyError where trying again by itself is no use; whatever it throws once `signal` is aborted means nothing */
  return async function run(leg: Leg): Promise<Upload> {
    const { course, signal } = leg;
    course.slots = 0;
    for (let attempt = 0; ; attempt += 1) {
      leg.onStage("waiting", 0);
      await online(signal);
      try {
        return await once(leg);
      } catch (error) {
        if (signal.aborted || !(error instanceof PasserbyError)) throw error;
        const { code } = error;
        if (code === "token-expired") await refresh();
        // The bytes never arrived: only the store, or the check, knows.
        else if (code === "conflict" && course.bytes !== "none") course.bytes = "none";
        // The slot is no more; a room that is no more refuses the next one.
        else if (code === "not-found" && course.slot) restart(course);
        else if (!mayRetry(error)) {
          restart(course);
          throw error;
        }
        const spent = attempt + 1 >= ATTEMPTS || (!course.slot && course.slots >= SLOTS);
        if (spent || (error.retryAfterMs ?? 0) > PATIENCE_MS) throw error;
        await pause(waitMs(error, attempt, retrying, random), signal);
      }
    }
  };
}

/** Ends early, and quietly, when nobody waits any more. */
const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
