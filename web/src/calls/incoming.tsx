/** Somebody calls. Nothing is switched on before the guest says so. */
import { client } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { join } from "./course.ts";
import { CallIcon } from "./icon.tsx";
import { nameOf } from "./people.ts";
import { incoming, part, plan } from "./state.ts";
import { devicesOpen } from "./view.ts";

export function Incoming() {
  const call = incoming.value;
  // Answered, and about to be joined; or called from here too.
  const ours =
    plan.value?.roomId === call?.roomId || (part.value.state === "asking" && part.value.roomId === call?.roomId);
  if (!call || ours) return null;
  const name = nameOf(call.roomId, call.startedBy);
  const inAnother = part.value.state !== "none";
  return (
    <section class="incoming" role="alertdialog" aria-labelledby="incoming-name" aria-describedby="incoming-what">
      <div class="incoming-who">
        <span class="initial ringing" aria-hidden="true">
          {name.charAt(0).toUpperCase()}
        </span>
        <div class="who" role="alert">
          <h2 id="incoming-name">{name}</h2>
          <p id="incoming-what">
            {t(call.media === "video" ? "call.video" : "call.audio")}
            {inAnother && ` · ${t("call.ends-other")}`}
          </p>
        </div>
        <button
          type="button"
          class="icon-button"
          aria-label={t("call.check-devices")}
          onClick={() => (devicesOpen.value = true)}
        >
          <CallIcon name="settings" />
        </button>
      </div>
      <div class="incoming-answers">
        <button type="button" class="button answer" onClick={() => void join(call, "audio")}>
          <CallIcon name="phone" />
          {t("call.answer")}
        </button>
        <button type="button" class="button answer video" onClick={() => void join(call, "video")}>
          <CallIcon name="camera" />
          {t("call.answer-video")}
        </button>
        <button type="button" class="button decline" onClick={() => client.calls.decline(call)}>
          <CallIcon name="hangUp" />
          {t("call.decline")}
        </button>
      </div>
    </section>
  );
}
