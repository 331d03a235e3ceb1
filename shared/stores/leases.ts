/** How long things last without being renewed. A node renews every beat. */
export const beatMs = 5_000;
/** A node, and a guest's presence on it: three beats. */
export const connectionLeaseMs = 3 * beatMs;
/** A place in the match queue (M5): four questions whether its guest is there. */
export const ticketLeaseMs = 10_000;
export const askMs = ticketLeaseMs / 4;
/** A pair's grace begins when the loss is seen; a node that died saw nothing, and its last beat may be one (late) beat old (M6). */
export const pairLeaseMs = (graceMs: number): number => graceMs + 1.5 * beatMs;
/** The same for the connection that carries a call (C4). */
export const callLeaseMs = pairLeaseMs;
/** A room outlives its members' sessions (24 h) by an hour. */
export const roomTtlMs = 25 * 3_600_000;
