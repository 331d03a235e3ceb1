/** A new room: its name, who finds it, how many fit. */
import { useSignal } from "@preact/signals";
import { limits } from "../../../shared/protocol/limits.ts";
import { Dialog } from "../shell/dialog.tsx";
import { fieldOf, sentenceFor } from "../shell/errors.ts";
import { Icon } from "../shell/icon.tsx";
import { client } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { goTo, roomPath } from "./place.ts";

const CAPACITIES = [5, 10, 25, 50, 100, 250, limits.roomCapacityMax] as const;
type Problem = { field?: string; text: string };

export function CreateDialog({ onClose }: { onClose: () => void }) {
  const name = useSignal("");
  const visibility = useSignal<"public" | "unlisted">("public");
  const capacity = useSignal<number>(limits.roomCapacity);
  const busy = useSignal(false);
  const problem = useSignal<Problem>();

  const create = async () => {
    if (name.value.trim() === "") {
      problem.value = { field: "name", text: t("rooms.name-needed") };
      return;
    }
    busy.value = true;
    problem.value = undefined;
    try {
      const about = { name: name.value.trim(), visibility: visibility.value, capacity: capacity.value };
      const roomId = await client.groups.create(about);
      onClose();
      goTo(roomPath(roomId));
    } catch (error) {
      const code = (error as { code?: string }).code;
      const text =
        code === "conflict" ? t("rooms.too-many") : code === "rate-limited" ? t("rooms.too-fast") : undefined;
      const field = fieldOf(error);
      problem.value = { text: text ?? sentenceFor(error), ...(field && { field }) };
    } finally {
      busy.value = false;
    }
  };
  const wrong = problem.value?.field === "name" ? problem.value.text : undefined;
  return (
    <Dialog title={t("rooms.new")} onClose={onClose}>
      <form
        class="new-room"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <div class="field">
          <label for="room-name">{t("rooms.name")}</label>
          <div class="joined">
            <input
              id="room-name"
              value={name.value}
              maxLength={limits.roomNameMax}
              autocomplete="off"
              dir="auto"
              aria-invalid={wrong !== undefined}
              aria-describedby="room-problem"
              onInput={(event) => (name.value = event.currentTarget.value)}
            />
          </div>
          <p class="problem" id="room-problem" role="alert">
            {wrong}
          </p>
        </div>
        <fieldset class="choices">
          <legend>{t("rooms.who")}</legend>
          {(["public", "unlisted"] as const).map((value) => (
            <label key={value}>
              <input
                type="radio"
                name="visibility"
                checked={visibility.value === value}
                onChange={() => (visibility.value = value)}
              />
              <span>
                <strong>{t(`rooms.${value}-choice`)}</strong>
                <span class="muted">{t(`rooms.${value}-hint`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div class="field">
          <label for="room-capacity">{t("rooms.capacity")}</label>
          <div class="select">
            <select
              id="room-capacity"
              value={capacity.value}
              onChange={(event) => (capacity.value = Number(event.currentTarget.value))}
            >
              {CAPACITIES.map((count) => (
                <option key={count} value={count}>
                  {t("rooms.people", { count })}
                </option>
              ))}
            </select>
          </div>
        </div>
        <p class="problem" role="alert">
          {problem.value && !problem.value.field && (
            <>
              <Icon name="alert" />
              {problem.value.text}
            </>
          )}
        </p>
        <button type="submit" class="button primary wide" disabled={busy.value}>
          {t(busy.value ? "rooms.creating" : "rooms.create")}
        </button>
      </form>
    </Dialog>
  );
}
