/** The rooms as a page of their own, for whoever looks in while somebody is met or looked for. */
import { Brand } from "../shell/brand.tsx";
import { Back } from "./back.tsx";
import { Lobby } from "./lobby.tsx";

export function RoomsPage() {
  return (
    <main class="frame rooms-page">
      <header class="bar">
        <Back />
        <Brand />
      </header>
      <div class="rooms-body">
        <Lobby />
      </div>
    </main>
  );
}
