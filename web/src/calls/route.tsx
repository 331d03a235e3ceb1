/** Which way the call goes, and who sees whose address: in words, and with a say in it. */
import { useId } from "preact/hooks";
import { participantOf } from "../../../shared/client/index.ts";
import { sayFailure } from "../shell/notice.tsx";
import { client, me } from "../shell/state.ts";
import { t } from "../words/index.ts";
import { CallIcon } from "./icon.tsx";
import { hasRelay, remotes } from "./mesh.ts";
import { joined, withWhom } from "./people.ts";
import { call, part } from "./state.ts";

function consent() {
  const now = part.value;
  const mine = participantOf(call.value, me.value?.id)?.direct ?? false;
  const others = joined.value;
  return {
    /** Nothing to agree on: the operator has decided. */
    never: now.state === "in" && (now.relayOnly ?? false),
    mine,
    /** Somebody here would show theirs. */
    theirs: others.some(({ direct }) => direct),
    agreed: mine && others.length > 0 && others.every(({ direct }) => direct),
  };
}

const allow = (on: boolean) => () => void client.calls.direct(on).catch(sayFailure);

export function Route() {
  const id = useId();
  if (!call.value || joined.value.length === 0) return null;
  const { mine, never } = consent();
  const shown = Object.values(remotes.value).some(({ relayed }) => relayed === false);
  return (
    <>
      <button type="button" class="button quiet route-button" popovertarget={id}>
        <CallIcon name={shown ? "shieldOff" : "shield"} />
        <span class="label">{t(shown ? "route.direct" : "route.hidden")}</span>
      </button>
      <div id={id} popover="auto" class="route" role="dialog" aria-label={t("route.about")}>
        {sentences().map((text) => (
          <p key={text}>{text}</p>
        ))}
        {!never && (
          <button type="button" class={mine ? "button" : "button primary"} onClick={allow(!mine)}>
            {t(mine ? "route.hide" : "route.allow")}
          </button>
        )}
      </div>
    </>
  );
}

function sentences(): string[] {
  const { never, mine, agreed } = consent();
  const name = withWhom.value;
  if (never)
    return hasRelay.value ? [t("route.relayed", { name }), t("route.never")] : [t("route.never-without-relay")];
  if (agreed) return [t("route.agreed", { name })];
  if (!hasRelay.value) return [mine ? t("route.no-relay-waiting", { name }) : t("route.no-relay", { name })];
  return [t("route.relayed", { name }), mine ? t("route.waiting", { name }) : t("route.better")];
}

/** What stands in the way, or what the other one would like: said where it is seen. */
export function RouteWish() {
  if (!call.value) return null;
  const { never, mine, theirs, agreed } = consent();
  const stuck = !hasRelay.value;
  const wished = theirs && !mine && !never;
  if (agreed || (!stuck && !wished)) return null;
  return (
    <div class="call-note" role="status">
      <p>{(stuck ? sentences() : [t("route.wish", { name: withWhom.value }), t("route.better")]).join(" ")}</p>
      {!mine && !never && (
        <div class="call-choices">
          <button type="button" class="button primary" onClick={allow(true)}>
            {t("route.allow")}
          </button>
        </div>
      )}
    </div>
  );
}
