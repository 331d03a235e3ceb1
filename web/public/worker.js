/** Opens to a page that explains, where the network is gone. Everything else goes its way as if this were not here. */
const CACHE = "offline-1";
const PAGE = "/offline.html";

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) =>
        cache.addAll([PAGE, "/offline.css", "/favicon.svg"].map((url) => new Request(url, { cache: "reload" }))),
      )
      .then(() => skipWaiting()),
  );
});

addEventListener("activate", (event) => {
  const clean = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  // Of that page; where there is a network it is asked.
  else if (["/offline.css", "/favicon.svg"].includes(new URL(request.url).pathname))
    event.respondWith(fetch(request).catch(() => caches.match(request)));
});

/** A notification brings its page back. */
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = clients.matchAll({ type: "window" }).then(([page]) => (page ? page.focus() : clients.openWindow("/")));
  event.waitUntil(show);
});
