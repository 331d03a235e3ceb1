import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Calls } from "../calls/calls.tsx";
import { Searching } from "../matching/searching.tsx";
import { Banner } from "../presence/banner.tsx";
import { place } from "../rooms/place.ts";
import { Over } from "../sessions/over.tsx";
import { Start } from "../sessions/start.tsx";
import { Brand } from "./brand.tsx";
import { Dialogs } from "./dialogs.tsx";
import { lazy, whenIdle } from "./lazy.tsx";
import { Notice } from "./notice.tsx";
import { room, screen } from "./state.ts";
import { t } from "../words/index.ts";

const loadChat = async () => (await import("../rooms/chat.tsx")).Chat;
const Chat = lazy(loadChat);
/** So that a match finds it there. A failure is for whoever shows it. */
const fetchChat = () => void loadChat().catch(() => undefined);
// At the latest while somebody is looked for.
effect(() => {
  if (screen.value === "searching") fetchChat();
});
const Group = lazy(async () => (await import("../rooms/group.tsx")).Group);
const RoomsPage = lazy(async () => (await import("../rooms/page.tsx")).RoomsPage);

export function App() {
  useEffect(() => whenIdle(fetchChat), []);
  return (
    <>
      <Banner />
      <Page />
      <Calls />
      <Dialogs />
      <Notice />
    </>
  );
}

function Page() {
  switch (screen.value) {
    case "start":
      return <Start />;
    case "resuming":
      return <Resuming />;
    case "searching":
      return <Searching />;
    case "chat":
      return <Chat key={room.value?.id} />;
    case "rooms":
      return <RoomsPage />;
    case "group":
      return place.value.at === "room" ? <Group roomId={place.value.id} /> : null;
    case "over":
      return <Over />;
    default:
      return screen.value satisfies never;
  }
}

function Resuming() {
  return (
    <main class="card-page">
      <Brand />
      <p role="status" class="muted">
        {t("shell.resuming")}
      </p>
    </main>
  );
}
