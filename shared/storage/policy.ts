/** S3's signed POST forms (SigV4 policies), made and checked: the disk store speaks exactly what S3 speaks. */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Signer {
  accessKeyId: string;
  secret: string;
  region: string;
}
type Condition = Record<string, string> | [op: string, name: string | number, value: string | number];
/** Why a form is refused, in S3's words. */
export class FormRefused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
/** What a form that was let in may put, and where. */
export interface Allowed {
  key: string;
  minBytes: number;
  maxBytes: number;
}

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** HMAC-SHA256 of the policy under the day's key, as AWS documents it. */
export function signPolicy(policy: string, date: string, { secret, region }: Signer): string {
  const dayKey = [date.slice(0, 8), region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(dayKey, policy).toString("hex");
}

export function sameText(a: string, b: string): boolean {
  const [one, two] = [Buffer.from(a), Buffer.from(b)];
  return one.length === two.length && timingSafeEqual(one, two);
}

/** The fields of a form for one object of exactly that key, type and size. */
export function policyFields(
  {
    key,
    contentType,
    sizeBytes,
    expiresInMs,
  }: { key: string; contentType: string; sizeBytes: number; expiresInMs: number },
  signer: Signer,
): Record<string, string> {
  const now = new Date();
  const date = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const fields = {
    key,
    "Content-Type": contentType,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${signer.accessKeyId}/${date.slice(0, 8)}/${signer.region}/s3/aws4_request`,
    "X-Amz-Date": date,
  };
  const conditions: Condition[] = [
    ["content-length-range", sizeBytes, sizeBytes],
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
  ];
  const expiration = new Date(now.getTime() + expiresInMs).toISOString();
  const Policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString("base64");
  return { ...fields, Policy, "X-Amz-Signature": signPolicy(Policy, date, signer) };
}

const denied = (message: string) => new FormRefused(403, "AccessDenied", message);

/**
 * Checks the fields that came before the file: signature, expiry, and every condition; a field that no condition names is refused.
 * @throws FormRefused
 */
export function checkForm(sent: ReadonlyMap<string, string>, signer: Signer): Allowed {
  const field = (name: string) => sent.get(name.toLowerCase()) ?? "";
  const [policy, date] = [field("policy"), field("x-amz-date")];
  if (!policy) throw denied("The form has no policy");
  const scope = `${signer.accessKeyId}/${date.slice(0, 8)}/${signer.region}/s3/aws4_request`;
  const known = field("x-amz-algorithm") === "AWS4-HMAC-SHA256" && field("x-amz-credential") === scope;
  if (!known || !sameText(signPolicy(policy, date, signer), field("x-amz-signature"))) {
    throw new FormRefused(403, "SignatureDoesNotMatch", "The signature is not ours for this policy");
  }
  const { expiration, conditions } = JSON.parse(Buffer.from(policy, "base64").toString()) as {
    expiration: string;
    conditions: Condition[];
  };
  if (!(Date.parse(expiration) > Date.now())) throw denied("Invalid according to Policy: Policy expired.");
  const allowed: Allowed = { key: field("key"), minBytes: 0, maxBytes: 0 };
  const named = new Set(["policy", "x-amz-signature", "file"]);
  for (const condition of conditions) {
    if (Array.isArray(condition)) [, allowed.minBytes, allowed.maxBytes] = condition as [string, number, number];
    else {
      for (const [name, value] of Object.entries(condition)) {
        named.add(name.toLowerCase());
        if (field(name) !== value) throw denied(`Invalid according to Policy: Policy Condition failed: ${name}`);
      }
    }
  }
  const extra = [...sent.keys()].find((name) => !named.has(name) && !name.startsWith("x-ignore-"));
  if (extra !== undefined) throw denied("Invalid according to Policy: Extra input fields");
  return allowed;
}
