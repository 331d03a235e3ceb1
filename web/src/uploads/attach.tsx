/** The ways in for files: a button, Ctrl+U, a drop anywhere, a paste. */
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { acceptedFiles } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { choose } from "./chosen.ts";
import { t } from "../words/index.ts";

export function Attach() {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!event.ctrlKey || event.altKey || event.shiftKey || event.key.toLowerCase() !== "u") return;
      event.preventDefault();
      input.current?.click();
    };
    const onPaste = ({ clipboardData }: ClipboardEvent) => {
      // Office programs put a picture of the text beside the text; then the text is meant.
      if (!clipboardData || clipboardData.files.length === 0 || clipboardData.getData("text/plain")) return;
      choose(clipboardData.files);
      document.getElementById("composer")?.focus();
    };
    addEventListener("keydown", onKey);
    addEventListener("paste", onPaste);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("paste", onPaste);
    };
  }, []);
  return (
    <>
      <button
        type="button"
        class="icon-button attach"
        aria-label={t("files.attach")}
        title={t("files.attach-hint")}
        onClick={() => input.current?.click()}
      >
        <Icon name="attach" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={acceptedFiles()}
        onChange={(event) => {
          choose(event.currentTarget.files ?? []);
          // The same file again is a change, too.
          event.currentTarget.value = "";
          document.getElementById("composer")?.focus();
        }}
      />
    </>
  );
}

const over = signal(false);
const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** The whole window takes a drop; a file beside the mark must not replace the page. */
export function Drop({ name }: { name: string }) {
  useEffect(() => {
    const stop = new AbortController();
    const on = (type: "dragenter" | "dragover" | "dragleave" | "drop", run: (event: DragEvent) => void) =>
      addEventListener(type, (event) => hasFiles(event) && run(event), { signal: stop.signal });
    on("dragenter", () => (over.value = true));
    on("dragover", (event) => event.preventDefault());
    // Leaving the window, not one element for another.
    on("dragleave", ({ relatedTarget }) => relatedTarget === null && (over.value = false));
    on("drop", (event) => {
      event.preventDefault();
      over.value = false;
      choose(event.dataTransfer!.files);
      document.getElementById("composer")?.focus();
    });
    return () => {
      stop.abort();
      over.value = false;
    };
  }, []);
  if (!over.value) return null;
  return (
    <div class="drop" aria-hidden="true">
      <p>
        <Icon name="attach" />
        {t("files.drop", { name })}
      </p>
    </div>
  );
}
