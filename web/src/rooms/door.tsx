/** Before a room: whoever comes by its link becomes a guest and goes in; or why not, and what then. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Room } from "../../../shared/protocol/index.ts";
import { becomeGuest, name, problem, rollName, starting } from "../sessions/form.ts";
import { NameField } from "../sessions/name.tsx";
import { Rules } from "../sessions/rules.tsx";
import { Brand } from "../shell/brand.tsx";
import { sentenceFor } from "../shell/errors.ts";
import { client, me, resuming } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { goTo, listPath, quitRoom } from "./place.ts";

type Refusal = { code: string; text: string; room?: Room };

export function Door({ roomId }: { roomId: string }) {
  const refusal = useSignal<Refusal>();
  const knocking = useSignal(false);

  const knock = async () => {
    knocking.value = true;
    refusal.value = undefined;
    try {
      await client.groups.join(roomId);
    } catch (error) {
      const { code = "internal" } = error as { code?: string };
      const room = code === "room-full" ? await client.groups.look(roomId).catch(() => undefined) : undefined;
      refusal.value = { code, text: sentenceOf(code, error), ...(room && { room }) };
    } finally {
      knocking.value = false;
    }
  };
  const known = me.value !== undefined && !resuming.value;
  useEffect(() => {
    if (known) void knock();
  }, [known]);
  useEffect(() => {
    if (!me.value && !name.value) void rollName();
  }, []);

  return (
    <main class="card-page">
      <Brand />
      {resuming.value || knocking.value ? (
        <p role="status" class="muted">
          {t("door.opening")}
        </p>
      ) : refusal.value ? (
        <Refused {...refusal.value} again={() => void knock()} />
      ) : (
        !me.value && <Introduce />
      )}
    </main>
  );
}

function sentenceOf(code: string, error: unknown): string {
  if (code === "not-found" || code === "forbidden" || code === "room-closed") return t("door.gone-text");
  if (code === "room-full") return t("door.full-text");
  return code === "conflict" ? t("rooms.too-many") : sentenceFor(error);
}

function Refused({ code, text, room, again }: Refusal & { again: () => void }) {
  const gone = ["not-found", "forbidden", "room-closed"].includes(code);
  const title = code === "room-full" ? t("door.full") : gone ? t("door.gone") : t("door.refused");
  return (
    <div class="card over">
      <h1>{title}</h1>
      {room?.name && (
        <p class="door-room">
          <bdi>{room.name}</bdi>
        </p>
      )}
      <p role="alert">{text}</p>
      {!gone && (
        <button type="button" class="button primary wide" onClick={again}>
          {t("shell.try-again")}
        </button>
      )}
      <button type="button" class={gone ? "button primary wide" : "button wide"} onClick={() => goTo(listPath)}>
        {t("door.others")}
      </button>
      <button type="button" class="button quiet" onClick={quitRoom}>
        {t("ended.back")}
      </button>
    </div>
  );
}

/** A stranger with a link. */
function Introduce() {
  return (
    <form
      class="card over"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void becomeGuest();
      }}
    >
      <h1>{t("door.invited")}</h1>
      <p>{t("door.invited-text")}</p>
      <NameField />
      {problem.value && !problem.value.field && <p role="alert">{problem.value.text}</p>}
      <button type="submit" class="button primary wide" disabled={starting.value}>
        {t(starting.value ? "start.connecting" : "door.join")}
      </button>
      <Rules />
    </form>
  );
}
