/** What a message carries beside its text: a picture, a sound, a file; or the place where it was. */
import { useState } from "preact/hooks";
import type { Entry } from "../../../shared/client/index.ts";
import { Icon } from "../shell/icon.tsx";
import { client } from "../shell/state.ts";
import { Player } from "../voice/player.tsx";
import { FileCard } from "./file.tsx";
import { Picture } from "./picture.tsx";
import { previewOf } from "./previews.ts";
import { UploadProgress } from "./progress.tsx";
import { isExpired, isPicture, kindOf } from "./words.ts";
import { t } from "../words/index.ts";

interface AttachmentProps {
  entry: Entry;
  /** The chat is over, and its files with it. */
  over: boolean;
}

/** Is it there at all? A redirect to its bytes is answer enough; they are not asked for. */
async function isThere(url: string): Promise<boolean | undefined> {
  const answer = await fetch(url, { redirect: "manual" }).catch(() => undefined);
  if (answer?.type === "opaqueredirect") return true;
  return answer && [403, 404, 410].includes(answer.status) ? false : undefined;
}

export function Attachment({ entry, over }: AttachmentProps) {
  /** `unfit`: it is there, but this browser cannot show it. */
  const [trouble, setTrouble] = useState<"gone" | "failed" | "unfit">();
  const [attempt, setAttempt] = useState(0);
  const { attachment, upload } = entry;
  if (!attachment) return null;
  const url = entry.message ? client.fileUrl(attachment) : undefined;
  const gone = trouble === "gone" || isExpired(attachment) || (over && !entry.error);
  if (gone) return <Gone />;

  const { contentType } = attachment;
  const src = previewOf(entry.clientMessageId) ?? url;
  const again = () => {
    setAttempt(attempt + 1);
    setTrouble(undefined);
  };
  const onError = async () => {
    setTrouble("failed");
    const there = url === undefined || (await isThere(url));
    if (there === false) setTrouble("gone");
    // A signed address had run out, or the network had a moment.
    else if (there && url && attempt === 0) again();
    else if (there) setTrouble("unfit");
  };
  const show = () => {
    if (trouble === "failed") return <Failed what={kindOf(entry)} onAgain={again} />;
    const where = { attachment, src, url };
    if (src === undefined || trouble === "unfit") return <FileCard {...where} />;
    if (isPicture(contentType))
      return <Picture key={attempt} {...where} src={src} strange={!entry.mine} onError={() => void onError()} />;
    if (!contentType.startsWith("audio/")) return <FileCard {...where} />;
    const { durationMs, peaks } = attachment;
    return (
      <>
        {entry.kind === "file" && <FileCard {...where} />}
        <Player
          key={attempt}
          src={src}
          {...{ durationMs, peaks }}
          name={kindOf(entry)}
          id={entry.key}
          onError={() => void onError()}
        />
      </>
    );
  };
  return (
    <>
      {show()}
      {upload && upload.stage !== "failed" && <UploadProgress item={upload} />}
    </>
  );
}

function Gone() {
  return (
    <p class="gone">
      <Icon name="gone" />
      {t("files.gone")}
    </p>
  );
}

function Failed({ what, onAgain }: { what: string; onAgain: () => void }) {
  return (
    <p class="gone">
      <Icon name="alert" />
      <span>
        {t("files.not-loaded", { what })}{" "}
        <button type="button" class="link" onClick={onAgain}>
          {t("shell.try-again")}
        </button>
      </span>
    </p>
  );
}
