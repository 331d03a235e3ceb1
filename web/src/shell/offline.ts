/** The worker that explains where the network is gone, and makes the page one that can be installed. */
export function startOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // After everything that the guest waits for; without it all else works as well.
  addEventListener("load", () => void navigator.serviceWorker.register("/worker.js").catch(() => undefined));
}
