import type { Config } from "../config.ts";
import type { ObjectStore } from "./store.ts";

export type { ObjectStore } from "./store.ts";

/** The store that UPLOAD_STORE names. The AWS SDK is loaded only where it is S3. */
export async function openStorage(config: Config): Promise<ObjectStore> {
  const { uploadStore, s3Endpoint, secrets } = config;
  if (uploadStore.kind === "disk") {
    const { diskStore, diskKey } = await import("./disk.ts");
    return diskStore(uploadStore.directory, diskKey(secrets.jwtKeys[0]!.secret));
  }
  const { s3Store } = await import("./s3.ts");
  return s3Store({ bucket: uploadStore.bucket, endpoint: s3Endpoint });
}
