/** What is about to be sent, above the text that will go with it. */
import { Icon } from "../shell/icon.tsx";
import { chosen, unchoose } from "./chosen.ts";
import { fileIcon } from "./file.tsx";
import { sizeOf } from "./words.ts";
import { t } from "../words/index.ts";

export function Tray() {
  if (chosen.value.length === 0) return null;
  return (
    <ul class="tray" aria-label={t("files.to-send")}>
      {chosen.value.map(({ key, file, url }) => (
        <li key={key} class="tray-item">
          {url ? (
            <img src={url} alt={file.name} />
          ) : (
            <span class="tray-file">
              <Icon name={fileIcon(file.type)} />
              <span class="tray-name">{file.name}</span>
              <span class="tray-size">{sizeOf(file.size)}</span>
            </span>
          )}
          <button
            type="button"
            class="tray-remove"
            aria-label={t("files.remove", { filename: file.name })}
            onClick={() => unchoose(key)}
          >
            <Icon name="x" />
          </button>
        </li>
      ))}
    </ul>
  );
}
