/** In a narrow header: behind one button what stands beside it in a wide one. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { openDialog } from "../shell/dialogs.tsx";
import { Icon, type IconName } from "../shell/icon.tsx";
import { t } from "../words/index.ts";

export function More({ children }: { children: ComponentChildren }) {
  const id = useId();
  return (
    <span class="narrow-header">
      <button type="button" class="icon-button" popovertarget={id} aria-label={t("chat.more")} title={t("chat.more")}>
        <Icon name="more" />
      </button>
      <div
        id={id}
        popover="auto"
        class="menu more"
        role="group"
        aria-label={t("chat.more")}
        onClick={(event) => event.currentTarget.hidePopover()}
      >
        {children}
        <Item icon="settings" onClick={() => void openDialog("settings")}>
          {t("settings.title")}
        </Item>
      </div>
    </span>
  );
}

interface ItemProps {
  icon: IconName;
  disabled?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}

export function Item({ icon, disabled = false, onClick, children }: ItemProps) {
  return (
    <button type="button" class="menu-item" disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
      {children}
    </button>
  );
}
