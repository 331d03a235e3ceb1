/** Lucide icons as text of the bundle. Always beside a word or inside a labelled button, so hidden from readers. */
import alert from "lucide-static/icons/circle-alert.svg?raw";
import arrowDown from "lucide-static/icons/arrow-down.svg?raw";
import back from "lucide-static/icons/arrow-left.svg?raw";
import bell from "lucide-static/icons/bell.svg?raw";
import flag from "lucide-static/icons/flag.svg?raw";
import eye from "lucide-static/icons/eye.svg?raw";
import settings from "lucide-static/icons/settings.svg?raw";
import smile from "lucide-static/icons/smile.svg?raw";
import attach from "lucide-static/icons/paperclip.svg?raw";
import check from "lucide-static/icons/check.svg?raw";
import checks from "lucide-static/icons/check-check.svg?raw";
import clock from "lucide-static/icons/clock-3.svg?raw";
import copy from "lucide-static/icons/copy.svg?raw";
import dices from "lucide-static/icons/dices.svg?raw";
import download from "lucide-static/icons/download.svg?raw";
import fileArchive from "lucide-static/icons/file-archive.svg?raw";
import fileAudio from "lucide-static/icons/file-music.svg?raw";
import fileImage from "lucide-static/icons/file-image.svg?raw";
import fileText from "lucide-static/icons/file-text.svg?raw";
import fileVideo from "lucide-static/icons/file-play.svg?raw";
import forward from "lucide-static/icons/skip-forward.svg?raw";
import globe from "lucide-static/icons/globe.svg?raw";
import gone from "lucide-static/icons/file-x.svg?raw";
import hourglass from "lucide-static/icons/hourglass.svg?raw";
import leave from "lucide-static/icons/log-out.svg?raw";
import message from "lucide-static/icons/message-circle.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import more from "lucide-static/icons/ellipsis.svg?raw";
import pause from "lucide-static/icons/pause.svg?raw";
import phone from "lucide-static/icons/phone.svg?raw";
import play from "lucide-static/icons/play.svg?raw";
import plus from "lucide-static/icons/plus.svg?raw";
import reply from "lucide-static/icons/reply.svg?raw";
import send from "lucide-static/icons/send-horizontal.svg?raw";
import shield from "lucide-static/icons/shield.svg?raw";
import timer from "lucide-static/icons/timer.svg?raw";
import trash from "lucide-static/icons/trash-2.svg?raw";
import users from "lucide-static/icons/users.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import wifiOff from "lucide-static/icons/wifi-off.svg?raw";
import x from "lucide-static/icons/x.svg?raw";

const icons = {
  bell,
  eye,
  flag,
  settings,
  smile,
  alert,
  arrowDown,
  attach,
  back,
  check,
  checks,
  clock,
  copy,
  dices,
  download,
  fileArchive,
  fileAudio,
  fileImage,
  fileText,
  fileVideo,
  forward,
  globe,
  gone,
  hourglass,
  leave,
  message,
  mic,
  more,
  pause,
  phone,
  play,
  plus,
  reply,
  send,
  shield,
  timer,
  trash,
  users,
  video,
  wifiOff,
  x,
};

export type IconName = keyof typeof icons;

export function Icon({ name }: { name: IconName }) {
  return <span class="icon" aria-hidden="true" dangerouslySetInnerHTML={{ __html: icons[name] }} />;
}
