/** The page's way to the store: XMLHttpRequest, the only one that says how much of a body has gone. */
import { toForm, type SendForm } from "../../../shared/client/index.ts";

/** A link on which nothing moved for so long is dead, though nobody said so. */
const STALLED_MS = 30_000;
/** The store may take a while to put away what it has. */
const ANSWER_MS = 60_000;

export const sendByXhr: SendForm = ({ url, fields }, file, { signal, onProgress }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = () => request.abort();
    const expectWithin = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(abort, ms);
    };
    request.upload.addEventListener("progress", ({ loaded }) => {
      expectWithin(STALLED_MS);
      onProgress(loaded);
    });
    request.upload.addEventListener("load", () => expectWithin(ANSWER_MS));
    request.addEventListener("loadend", () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (request.status > 0) resolve(request.status);
      else reject(new Error("No answer"));
    });
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) return reject(new Error("Cancelled"));
    expectWithin(STALLED_MS);
    request.open("POST", url);
    request.send(toForm(fields, file));
  });
