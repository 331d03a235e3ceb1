/** The forms in which a capability says its part of the contract once; types, checks and documents derive from them. */
import { z } from "zod";
import { idPattern, type IdKind } from "./ids.ts";
import { limits } from "./limits.ts";

export interface RequestSpec<P extends z.ZodType = z.ZodType, A extends z.ZodType = z.ZodType> {
  payload: P;
  answer: A;
  /** What the event counts against EVENTS_PER_MINUTE (A1): 1, or 0.1 for the small frequent ones. */
  weight: number;
}

/** A client → server event: its payload, the `data` of its ack, its weight in the limit. */
export const request = <P extends z.ZodType, A extends z.ZodType>(payload: P, answer: A, weight = 1) => ({
  payload,
  answer,
  weight,
});

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
export interface RouteSpec {
  summary: string;
  /** `admin`: the operator's ADMIN_TOKEN as bearer; without one set the route does not exist. */
  auth: "none" | "bearer" | "expired-bearer" | "ticket" | "admin";
  /** Open to a banned guest too. */
  whileBanned?: true;
  status: number;
  /** The same answer under other statuses. */
  also?: readonly number[];
  /** Answers a page to read. */
  page?: true;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodObject;
  answer?: z.ZodType;
}

/** An HTTP route, keyed `METHOD /path` as in the contract's table. */
export const route = <R extends RouteSpec>(spec: R): R => spec;

// The small shared words of all schemas.
export const id = (kind: IdKind) => z.string().regex(idPattern(kind), `must be an id such as ${kind}_…`);
export const at = z.iso.datetime();
export const seq = z.int().min(0);
export const userId = id("usr");
export const roomId = id("room");
export const empty = z.strictObject({});

export const username = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9_]{${limits.usernameMin},${limits.usernameMax}}$`),
    `must be ${limits.usernameMin}–${limits.usernameMax} letters, digits or underscores`,
  );
export const user = z.strictObject({ id: userId, username });

const interest = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(limits.interestMax)
  .regex(/^\P{Cc}*$/u, "must not hold line breaks or other control characters"); // a list of them is kept line by line

/** Case-folded and trimmed, so that "Music " and "music" meet. Doubles are dropped. */
export const interests = z
  .array(interest)
  .max(limits.interests)
  .transform((list) => [...new Set(list)]);

/** A BCP 47 tag; kept is its primary subtag, since en-GB and en-US talk to each other. */
export const language = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, "must be a language tag such as en or pt-BR")
  .transform((tag) => tag.split("-")[0]!.toLowerCase());

export const media = z.enum(["text", "audio", "video"]);
