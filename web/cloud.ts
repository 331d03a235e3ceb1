import type { Common } from "../shared/cloud/common.ts";

/** Every path is the page; its policy names what it may reach, as the local server's does. */
export async function webPage({ names, bucket, region }: Common, apiUrl: $util.Output<string>) {
  const { contentPolicy } = await import("../shared/middleware/security.ts");
  const headers = $resolve([bucket.name, region, apiUrl]).apply(([bucket, region, apiUrl]) => {
    const uploads = { uploadStore: { kind: "s3", bucket }, s3Endpoint: `https://${bucket}.s3.${region}.amazonaws.com` };
    const policy = contentPolicy({ socketUrl: names.socket, ...uploads } as Parameters<typeof contentPolicy>[0]);
    policy["connect-src"].push(new URL(apiUrl).origin);
    return {
      "content-security-policy": Object.entries(policy)
        .map(([name, sources]) => `${name} ${sources.join(" ")}`)
        .join("; "),
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "permissions-policy":
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()",
    };
  });
  const inject = (all: Record<string, string>) =>
    Object.entries(all)
      .map(([name, value]) => `event.response.headers[${JSON.stringify(name)}] = { value: ${JSON.stringify(value)} };`)
      .join("\n");
  return new sst.aws.StaticSite("Page", {
    path: "web",
    build: { command: "npx vite build", output: "dist" },
    // Only what has a hash in its name may be kept: the page's worker, for one, has none.
    assets: {
      fileOptions: [
        { files: "assets/**", cacheControl: "max-age=31536000,public,immutable" },
        { files: "**", ignore: "assets/**", cacheControl: "no-cache" },
      ],
    },
    environment: { VITE_API_URL: apiUrl },
    ...(names.api && { domain: new URL(names.page).hostname }),
    edge: { viewerResponse: { injection: headers.apply(inject) } },
    dev: { command: "npx vite", url: names.page },
  });
}
