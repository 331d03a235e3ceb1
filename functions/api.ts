/** The route groups of the api function. */
import { guests } from "./guests.ts";
import { later } from "./later.ts";
import { messages } from "./messages.ts";
import { rooms } from "./rooms.ts";

export const api = [
  guests,
  rooms,
  messages,
  later("GET /api/rooms", "POST /api/rooms", "GET /api/calls/ice-servers", "POST /api/reports"),
];
