/** Uploads tied to the rest of the client: its session, its connection, its outbox. */
import { PasserbyError } from "../protocol/errors.ts";
import type { SendForm } from "./forms.ts";
import type { Http } from "./http.ts";
import type { Outbox } from "./outbox.ts";
import type { Session } from "./session.ts";
import type { Store } from "./store.ts";
import { createCourse } from "./upload-course.ts";
import { createUploads, type Uploads } from "./uploads.ts";
import type { ClientState } from "./wiring.ts";

interface SendingOptions {
  http: Http;
  session: Session;
  store: Store<ClientState>;
  outbox: Outbox;
  sendForm: SendForm;
}

export function createSending({ http, session, store, outbox, sendForm }: SendingOptions): Uploads {
  return createUploads({
    run: createCourse({
      http,
      token: async () => (await session.fresh()).token,
      refresh: session.refresh,
      online: (signal) => isOnline(store, signal),
      sendForm,
    }),
    set: (uploads) => store.set({ uploads }),
    onDone: ({ roomId, clientMessageId, kind, text, replyTo, attachment }, upload) => {
      const { id: uploadId, sizeBytes, expiresAt } = upload;
      const { width = attachment.width, height = attachment.height } = upload;
      outbox.add(roomId, {
        clientMessageId,
        kind,
        uploadId,
        ...(text && { text }),
        ...(replyTo && { replyTo }),
        attachment: { ...attachment, uploadId, sizeBytes, expiresAt, width, height },
      });
    },
  });
}

/** Resolves once there is a connection, or nobody waits for it; rejects once there will be none. */
function isOnline(store: Store<ClientState>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      stop();
      settle();
    };
    const check = ({ connection }: ClientState) => {
      if (connection.state === "online") done(resolve);
      else if (connection.state === "ended")
        done(() => reject(new PasserbyError(connection.error.code, connection.error.message)));
    };
    const stop = store.subscribe(check);
    signal.addEventListener("abort", () => done(resolve), { once: true });
    check(store.get());
  });
}
