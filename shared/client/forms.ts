/** How bytes get to the store (U1). */
import type { RouteAnswer } from "../protocol/index.ts";

export type Slot = RouteAnswer<"POST /api/uploads">;

/** Posts the fields, then `file`. Answers the status, rejects where there was none; `onProgress` counts the form's bytes. */
export type SendForm = (
  form: Slot["form"],
  file: Blob,
  options: { signal: AbortSignal; onProgress: (sentBytes: number) => void },
) => Promise<number>;

/** For clients without a page; it cannot tell how far it is. */
export const sendByFetch =
  (fetcher: typeof fetch = (...request) => fetch(...request)): SendForm =>
  async ({ url, fields }, file, { signal, onProgress }) => {
    const response = await fetcher(url, { method: "POST", body: toForm(fields, file), signal });
    onProgress(file.size);
    return response.status;
  };

/** Fields first: the store reads them before it takes a byte. */
export function toForm(fields: Readonly<Record<string, string>>, file: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // The file's name stands in the slot; the store need not hear it.
  form.append("file", file, "file");
  return form;
}
