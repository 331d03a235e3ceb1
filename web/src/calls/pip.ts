/** The other one's picture in a window of its own, above everything. */
import { say } from "../shell/notice.tsx";
import { t } from "../words/index.ts";

export const canPip = "pictureInPictureEnabled" in document && document.pictureInPictureEnabled;

export async function pip(): Promise<void> {
  if (document.pictureInPictureElement) return document.exitPictureInPicture();
  const video = document.querySelector<HTMLVideoElement>(".call .tile:not(.self) video:not(.blurred)");
  try {
    if (video) await video.requestPictureInPicture();
    else say(t("call.no-picture"));
  } catch {
    say(t("call.pip-failed"));
  }
}
