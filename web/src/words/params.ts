/** Which values a sentence asks for, read from the sentence itself: `{name}`, `{count, plural, …}`. */
type Until<S extends string, End extends string> = S extends `${infer Head}${End}${string}` ? Head : S;

/** A brace after one of these opens a branch of a plural or a choice, not a value. */
type Branch = `${string}${"one" | "other" | "=0" | "=1"} `;

export type Params<S extends string> = S extends `${infer Before}{${infer After}`
  ? (Before extends Branch ? never : Until<Until<After, "}">, ",">) | Params<After>
  : never;
