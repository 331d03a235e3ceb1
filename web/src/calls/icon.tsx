/** The icons of a call, loaded with it. */
import ban from "lucide-static/icons/shield-ban.svg?raw";
import camera from "lucide-static/icons/video.svg?raw";
import cameraOff from "lucide-static/icons/video-off.svg?raw";
import chat from "lucide-static/icons/message-square-text.svg?raw";
import expand from "lucide-static/icons/maximize-2.svg?raw";
import eye from "lucide-static/icons/eye.svg?raw";
import hangUp from "lucide-static/icons/phone-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import phone from "lucide-static/icons/phone.svg?raw";
import pip from "lucide-static/icons/picture-in-picture-2.svg?raw";
import screen from "lucide-static/icons/screen-share.svg?raw";
import screenOff from "lucide-static/icons/screen-share-off.svg?raw";
import settings from "lucide-static/icons/settings-2.svg?raw";
import shield from "lucide-static/icons/shield-check.svg?raw";
import shieldOff from "lucide-static/icons/shield-off.svg?raw";
import sound from "lucide-static/icons/volume-2.svg?raw";
import x from "lucide-static/icons/x.svg?raw";

const icons = {
  ban,
  camera,
  cameraOff,
  chat,
  expand,
  eye,
  hangUp,
  mic,
  micOff,
  phone,
  pip,
  screen,
  screenOff,
  settings,
  shield,
  shieldOff,
  sound,
  x,
};

export type CallIconName = keyof typeof icons;

export function CallIcon({ name }: { name: CallIconName }) {
  return <span class="icon" aria-hidden="true" dangerouslySetInnerHTML={{ __html: icons[name] }} />;
}
