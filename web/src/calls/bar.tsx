/** What can be done in a call. Toggles keep their name and say by themselves whether they are on. */
import { t } from "../words/index.ts";
import { CallIcon, type CallIconName } from "./icon.tsx";
import { hangUp, toggleCamera, toggleMicrophone, toggleScreen } from "./course.ts";
import { opening, sends } from "./media.ts";
import { panic } from "./panic.tsx";
import { canPip, pip } from "./pip.ts";
import { devicesOpen, small } from "./view.ts";

interface ButtonProps {
  icon: CallIconName;
  label: string;
  keys?: string;
  kind?: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function Control({ icon, label, keys, kind = "", pressed, disabled, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class={`control ${kind}`}
      aria-label={label}
      aria-pressed={pressed}
      title={keys ? `${label} (${keys})` : label}
      disabled={disabled}
      onClick={onClick}
    >
      <CallIcon name={icon} />
    </button>
  );
}

const canShare = "mediaDevices" in navigator && "getDisplayMedia" in navigator.mediaDevices;

export function Bar() {
  const { audio, video, screen } = sends.value;
  return (
    <div class="call-bar" role="toolbar" aria-label={t("call.audio")}>
      <Control
        icon={audio ? "mic" : "micOff"}
        label={t("call.microphone")}
        keys="M"
        kind={audio ? "" : "off"}
        pressed={audio}
        onClick={() => void toggleMicrophone()}
      />
      <Control
        icon={video ? "camera" : "cameraOff"}
        label={t("call.camera")}
        keys="V"
        kind={video ? "" : "off"}
        pressed={video}
        disabled={opening.value.camera}
        onClick={() => void toggleCamera()}
      />
      {canShare && (
        <Control
          icon={screen ? "screenOff" : "screen"}
          label={t("call.share")}
          kind={screen ? "on" : ""}
          pressed={screen}
          disabled={opening.value.screen}
          onClick={() => void toggleScreen()}
        />
      )}
      <Control icon="settings" label={t("call.devices")} onClick={() => (devicesOpen.value = true)} />
      {canPip && <Control icon="pip" label={t("call.pip")} kind="wide-only" onClick={() => void pip()} />}
      <Control icon="chat" label={t("call.show-chat")} kind="narrow-only" onClick={() => (small.value = true)} />
      <Control icon="ban" label={t("call.panic")} keys="F8" kind="panic" onClick={panic} />
      <Control icon="hangUp" label={t("call.hang-up")} kind="hang-up" onClick={hangUp} />
    </div>
  );
}
