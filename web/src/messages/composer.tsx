/** Where the guest writes, and puts what goes along. Enter sends, Shift+Enter makes a new line; what is unsent stays with its room. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { limits } from "../../../shared/protocol/limits.ts";
import { EmojiButton } from "../emoji/button.tsx";
import { unsent } from "../shell/browser.ts";
import { Icon } from "../shell/icon.tsx";
import { client } from "../shell/state.ts";
import { read, write } from "../shell/storage.ts";
import { Attach } from "../uploads/attach.tsx";
import { chosen, putAside, sendChosen, takeUp } from "../uploads/chosen.ts";
import { Tray } from "../uploads/tray.tsx";
import { Mic } from "../voice/mic.tsx";
import { Bar, cancelNote, note } from "../voice/state.ts";
import { canRecord } from "../voice/support.ts";
import { Answering } from "./answering.tsx";
import { problem, Problem } from "./problem.tsx";
import { replyingTo } from "./selection.ts";
import { t } from "../words/index.ts";

/** From here on the rest is counted. */
const COUNT_FROM = limits.textMax - 100;
const MAX_HEIGHT_PX = 160;

/** What the limit counts: an emoji is one or a few, not UTF-16 halves. */
function codePoints(text: string): number {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
}

export function Composer({ roomId, name, next }: { roomId: string; name: string; next: ComponentChildren }) {
  const key = `passerby.draft.${roomId}`;
  const [text, setText] = useState(() => (read(key) as string | undefined) ?? "");
  const area = useRef<HTMLTextAreaElement>(null);
  const wasRecording = useRef(false);
  const length = text.trim().length <= COUNT_FROM ? 0 : codePoints(text.trim());
  const tooLong = length > limits.textMax;
  const files = chosen.value.length > 0;
  const something = text.trim() !== "" || files;
  const recording = note.value?.recording;

  // At once, not after the next picture: whoever leaves before that leaves files to the wrong room.
  useLayoutEffect(() => {
    takeUp(roomId);
    // A phone's keyboard would cover the words just met with.
    if (matchMedia("(hover: hover)").matches) area.current?.focus();
    return () => {
      cancelNote();
      putAside(roomId);
      problem.value = undefined;
    };
  }, []);
  // Text survives a reload, these do not.
  useEffect(() => {
    unsent.value = files || recording !== undefined;
    return () => void (unsent.value = false);
  }, [files, recording]);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element || CSS.supports("field-sizing", "content")) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text, recording]);

  useEffect(() => {
    // Whoever comes by keyboard goes on where they were.
    if (wasRecording.current && !recording) document.querySelector<HTMLElement>(".composer .mic")?.focus();
    wasRecording.current = recording !== undefined;
  }, [recording]);

  const change = (value: string) => {
    setText(value);
    write(key, value);
    client.setTyping(roomId, value.trim() !== "");
  };
  const insert = (emoji: string) => {
    const field = area.current!;
    field.setRangeText(emoji, field.selectionStart, field.selectionEnd, "end");
    change(field.value);
  };
  const takeReply = () => {
    const replyTo = replyingTo.value?.message?.id;
    replyingTo.value = undefined;
    return replyTo;
  };
  const send = () => {
    if (!something || tooLong) return;
    const replyTo = takeReply();
    if (files) sendChosen(roomId, text.trim(), replyTo);
    else client.send(roomId, text.trim(), replyTo ? { replyTo } : {});
    setText("");
    write(key, undefined);
    area.current?.focus();
  };

  if (recording && Bar.value)
    return (
      <div class="composer">
        <Answering name={name} />
        <Bar.value.component recording={recording} held={note.value?.held ?? false} />
      </div>
    );
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Problem />
      <Answering name={name} />
      <Tray />
      {next}
      <div class="composer-field">
        <Attach />
        <textarea
          id="composer"
          ref={area}
          rows={1}
          // Empty, it goes the way of the page.
          dir={text ? "auto" : undefined}
          value={text}
          placeholder={t(files ? "composer.caption" : "composer.write")}
          aria-label={t("composer.label", { name })}
          aria-describedby="composer-count"
          aria-invalid={tooLong}
          enterkeyhint="send"
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <EmojiButton onPick={insert} />
        <span id="composer-count" class={tooLong ? "count over" : "count"} aria-live="polite">
          {length > 0 && `${limits.textMax - length}`}
        </span>
      </div>
      {something || !canRecord ? (
        <button type="submit" class="send" aria-label={t("composer.send")} disabled={!something || tooLong}>
          <Icon name="send" />
        </button>
      ) : (
        <Mic roomId={roomId} />
      )}
    </form>
  );
}
