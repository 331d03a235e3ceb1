/** Opens to a page that explains, where the network is gone. Everything else goes its way as if this were not here. */
import { clientsClaim } from "workbox-core";
import { cleanupOutdatedCaches, PrecacheFallbackPlugin, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { NetworkOnly } from "workbox-strategies";

// The files of that page: the build writes them here.
// oxlint-disable-next-line no-underscore-dangle
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
const explained = new PrecacheFallbackPlugin({ fallbackURL: "/offline.html" });
registerRoute(new NavigationRoute(new NetworkOnly({ plugins: [explained] })));

// A newer one takes over at once: nothing that it keeps is of a page in use.
addEventListener("install", () => skipWaiting());
clientsClaim();

/** A notification brings its page back. */
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = clients.matchAll({ type: "window" }).then(([page]) => (page ? page.focus() : clients.openWindow("/")));
  event.waitUntil(show);
});
