/** The sheet of all shortcuts. */
import { Fragment } from "preact";
import { t } from "../words/index.ts";
import { Dialog } from "./dialog.tsx";
import { shortcuts } from "./shortcuts.ts";

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl class="keys">
        {shortcuts.map(({ keys, does, ...more }) => (
          <div key={does}>
            <dt>{t(does)}</dt>
            <dd dir="ltr">
              {keys.map((key, index) => (
                <Fragment key={key}>
                  {index > 0 && " + "}
                  <kbd>{key}</kbd>
                </Fragment>
              ))}
              {"again" in more && (
                <>
                  {" "}
                  <kbd>{more.again}</kbd>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
