/** The route groups of the api function. */
import { calls } from "./calls.ts";
import { guests } from "./guests.ts";
import { later } from "./later.ts";
import { messages } from "./messages.ts";
import { rooms } from "./rooms.ts";

export const api = [guests, rooms, messages, calls, later("POST /api/reports")];
