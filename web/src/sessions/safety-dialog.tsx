/** Said once, before the first stranger. */
import { Dialog } from "../shell/dialog.tsx";
import { Icon, type IconName } from "../shell/icon.tsx";
import { remember } from "../shell/settings.ts";
import { t, type Key } from "../words/index.ts";
import { Rich } from "../words/rich.tsx";
import { answerSafety } from "./safety.ts";

const points = [
  { icon: "users", says: "safety.age" },
  { icon: "shield", says: "safety.private" },
  { icon: "leave", says: "safety.leave" },
  { icon: "hourglass", says: "safety.kept" },
] as const satisfies readonly { icon: IconName; says: Key }[];

export function SafetyDialog({ onClose }: { onClose: () => void }) {
  const close = () => {
    answerSafety(false);
    onClose();
  };
  return (
    <Dialog title={t("safety.title")} onClose={close}>
      <ul class="safety">
        {points.map(({ icon, says }) => (
          <li key={says}>
            <Icon name={icon} />
            <span>
              <Rich text={t(says)} />
            </span>
          </li>
        ))}
      </ul>
      <div class="dialog-actions">
        <button
          type="button"
          class="button primary wide"
          onClick={() => {
            remember({ agreed: true });
            answerSafety(true);
            onClose();
          }}
        >
          {t("safety.agree")}
        </button>
        <button type="button" class="button quiet" onClick={close}>
          {t("safety.not-now")}
        </button>
      </div>
    </Dialog>
  );
}
