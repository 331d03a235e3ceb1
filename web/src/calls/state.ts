/** What the page knows of calls before any of their code is loaded, and the way to load it. */
import { computed, signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { incomingCalls, ownCall } from "../../../shared/client/index.ts";
import type { Call } from "../../../shared/protocol/index.ts";
import { say } from "../shell/notice.tsx";
import { me, state } from "../shell/state.ts";
import { t } from "../words/index.ts";
import type { Source } from "./media.ts";

export const calls = computed(() => state.value.calls);
export const part = computed(() => calls.value.part);
/** The one this client is in. */
export const call = computed<Call | undefined>(() => ownCall(calls.value));
export const incoming = computed<Call | undefined>(() => incomingCalls(calls.value, me.value?.id ?? "")[0]);

/** A call that is wanted, and waits for devices. */
export interface Plan {
  roomId: string;
  media: Call["media"];
  /** The one to join; without, a new one is started. */
  call?: Call;
  /** What was not to be had: the guest decides how to go on. */
  missing?: Source;
}
export const plan = signal<Plan>();

/** Pages without TLS, and old browsers, have neither. */
export const canCall: boolean = "RTCPeerConnection" in globalThis && "mediaDevices" in navigator;

export interface Loaded {
  Call: FunctionComponent;
  begin: (roomId: string, media: Call["media"]) => Promise<void>;
  join: (call: Call, media: Call["media"]) => Promise<void>;
}

export const loaded = signal<Loaded>();

/** The code of calls comes when the first one does. */
export async function load(): Promise<Loaded | undefined> {
  try {
    return (loaded.value ??= await import("./loaded.ts"));
  } catch {
    say(t("call.failed-to-load"));
    return undefined;
  }
}
