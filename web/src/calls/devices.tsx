/** Which microphone, camera and loudspeaker; with a level to see that one is heard, and a picture to see how one is seen. */
import { useEffect, useRef, useState } from "preact/hooks";
import { remember } from "../shell/settings.ts";
import { t } from "../words/index.ts";
import { CallIcon } from "./icon.tsx";
import { Level } from "./level.tsx";
import { choose, chooseSpeaker, chosenDevices, tracks } from "./media.ts";
import { preview, type Preview } from "./preview.ts";
import { audible } from "./ringing.ts";
import { Picture } from "./stream.tsx";
import { devicesOpen } from "./view.ts";
import { troubleSentence } from "./words.ts";

type Kind = "microphone" | "camera" | "speaker";
const kinds: Record<Kind, MediaDeviceKind> = { microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" };
const canChooseSpeaker = "setSinkId" in HTMLMediaElement.prototype;

export function Devices() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [found, setFound] = useState<MediaDeviceInfo[]>([]);
  const [seen, setSeen] = useState<Preview>({});
  const [wantsPicture, setWantsPicture] = useState(false);
  const { microphone, camera } = chosenDevices.value;
  const own = tracks.value;

  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    const look = () => void navigator.mediaDevices.enumerateDevices().then(setFound);
    look();
    navigator.mediaDevices.addEventListener("devicechange", look);
    return () => navigator.mediaDevices.removeEventListener("devicechange", look);
    // Names are told only once a device was allowed.
  }, [seen]);
  // What the call does not use is opened for the look alone, and closed with it.
  useEffect(
    () => preview({ microphone: !own.microphone, camera: wantsPicture && !own.camera }, setSeen),
    [own.microphone, own.camera, wantsPicture, microphone, camera],
  );

  const picture = own.camera ?? seen.camera;
  const voice = own.microphone ?? seen.microphone;
  return (
    <dialog ref={dialog} class="devices" aria-label={t("call.devices")} onClose={() => (devicesOpen.value = false)}>
      <header>
        <h2>{t("call.devices")}</h2>
        <button type="button" class="icon-button" aria-label={t("shell.close")} onClick={() => dialog.current?.close()}>
          <CallIcon name="x" />
        </button>
      </header>
      <div class="devices-picture">
        {picture ? (
          <Picture track={picture} class="mirror" label={t("device.as-seen")} />
        ) : (
          <button type="button" class="button" onClick={() => setWantsPicture(true)}>
            <CallIcon name="camera" />
            {t("device.see-yourself")}
          </button>
        )}
      </div>
      {seen.missing && (
        <p class="problem" role="alert">
          {troubleSentence(seen.missing, seen.why ?? "")}
        </p>
      )}
      <Choice kind="camera" label={t("call.camera")} found={found} onChoose={(id) => void choose("camera", id)} />
      <Choice
        kind="microphone"
        label={t("call.microphone")}
        found={found}
        onChoose={(id) => void choose("microphone", id)}
      />
      <Level track={voice} />
      {canChooseSpeaker && <Choice kind="speaker" label={t("device.speaker")} found={found} onChoose={chooseSpeaker} />}
      <label class="devices-ring">
        <input
          type="checkbox"
          checked={audible.value}
          onChange={(event) => remember({ ring: event.currentTarget.checked })}
        />
        {t("device.ring")}
      </label>
    </dialog>
  );
}

interface ChoiceProps {
  kind: Kind;
  label: string;
  found: MediaDeviceInfo[];
  onChoose: (deviceId: string) => void;
}

function Choice({ kind, label, found, onChoose }: ChoiceProps) {
  const devices = found.filter((device) => device.kind === kinds[kind] && device.deviceId !== "");
  const id = `device-${kind}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="select">
        <select
          id={id}
          disabled={devices.length === 0}
          value={chosenDevices.value[kind] ?? devices[0]?.deviceId ?? ""}
          onChange={(event) => onChoose(event.currentTarget.value)}
        >
          {devices.length === 0 && <option value="">{t("device.none")}</option>}
          {devices.map(({ deviceId, label }, index) => (
            <option key={deviceId} value={deviceId}>
              {label || t("device.number", { number: index + 1 })}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
