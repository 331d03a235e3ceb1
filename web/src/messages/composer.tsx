/** Where the guest writes. Enter sends, Shift+Enter makes a new line; what is unsent stays with its room. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { limits } from "../../../shared/protocol/limits.ts";
import { Icon } from "../shell/icon.tsx";
import { client } from "../shell/state.ts";
import { read, write } from "../shell/storage.ts";
import { replyingTo } from "./selection.ts";
import { excerpt } from "./text.tsx";

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
  const length = text.trim().length <= COUNT_FROM ? 0 : codePoints(text.trim());
  const tooLong = length > limits.textMax;
  const ready = text.trim() !== "" && !tooLong;

  useEffect(() => {
    // A phone's keyboard would cover the words just met with.
    if (matchMedia("(hover: hover)").matches) area.current?.focus();
  }, []);
  useLayoutEffect(() => {
    const element = area.current!;
    if (CSS.supports("field-sizing", "content")) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);

  const change = (value: string) => {
    setText(value);
    write(key, value);
    client.setTyping(roomId, value.trim() !== "");
  };
  const send = () => {
    if (!ready) return;
    const replyTo = replyingTo.value?.message?.id;
    client.send(roomId, text.trim(), replyTo ? { replyTo } : {});
    replyingTo.value = undefined;
    setText("");
    write(key, undefined);
    area.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Answering name={name} />
      {next}
      <div class="composer-field">
        <textarea
          id="composer"
          ref={area}
          rows={1}
          dir="auto"
          value={text}
          placeholder="Write a message"
          aria-label={`Message to ${name}`}
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
        <span id="composer-count" class={tooLong ? "count over" : "count"} aria-live="polite">
          {length > 0 && `${limits.textMax - length}`}
        </span>
      </div>
      <button type="submit" class="send" aria-label="Send" disabled={!ready}>
        <Icon name="send" />
      </button>
    </form>
  );
}

function Answering({ name }: { name: string }) {
  const entry = replyingTo.value;
  if (!entry) return null;
  return (
    <div class="answering">
      <Icon name="reply" />
      <p>
        <strong>{entry.mine ? "You" : name}</strong>
        <span dir="auto">{excerpt(entry.text)}</span>
      </p>
      <button type="button" class="icon-button" aria-label="Don't reply" onClick={() => (replyingTo.value = undefined)}>
        <Icon name="x" />
      </button>
    </div>
  );
}
