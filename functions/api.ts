/** The route groups of the api function. */
import { calls } from "./calls.ts";
import { bans } from "./bans.ts";
import { guests } from "./guests.ts";
import { messages } from "./messages.ts";
import { reports } from "./reports.ts";
import { rooms } from "./rooms.ts";

export const api = [guests, rooms, messages, calls, reports, bans];
