/** Acked requests over whichever socket is live. Until the welcome they wait (P4); unanswered they are asked again (P1). */
import type { Socket } from "socket.io-client";
import { PasserbyError, type ErrorBody } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import type { Ack, Answer, ClientToServer, Payload, RequestName, ServerToClient } from "../protocol/index.ts";

export type LiveSocket = Socket<ServerToClient, ClientToServer>;

/**
 * Resolves with the ack's `data`, rejects with its PasserbyError. No answer in 10 s, or a connection lost meanwhile, is
 * unknown: asked again, as every request of the contract may be; with `once` it rejects with `unavailable` instead.
 */
export type Request = <E extends RequestName>(
  event: E,
  payload: Payload<E>,
  options?: { once?: boolean },
) => Promise<Answer<E>>;

export interface Requests {
  request: Request;
  /** This socket is welcome: what waits goes out, in order. */
  start: (socket: LiveSocket) => void;
  /** No socket for now. */
  pause: () => void;
  /** Nothing will be answered any more: what waits, and what is asked from now on, is rejected. */
  refuse: (error: ErrorBody) => void;
}

export function createRequests(): Requests {
  let live: LiveSocket | undefined;
  let refusal: PasserbyError | undefined;
  let waiting: { resolve(socket: LiveSocket): void; reject(error: PasserbyError): void }[] = [];

  function takeWaiting() {
    const all = waiting;
    waiting = [];
    return all;
  }

  const ready = () =>
    new Promise<LiveSocket>((resolve, reject) => {
      if (live) resolve(live);
      else if (refusal) reject(refusal);
      else waiting.push({ resolve, reject });
    });

  return {
    start(socket) {
      live = socket;
      refusal = undefined;
      for (const one of takeWaiting()) one.resolve(socket);
    },
    pause() {
      live = undefined;
      refusal = undefined;
    },
    refuse({ code, message }) {
      live = undefined;
      refusal = new PasserbyError(code, message);
      for (const one of takeWaiting()) one.reject(refusal);
    },
    async request(event, payload, { once = false } = {}) {
      for (;;) {
        if (once && !live) throw refusal ?? new PasserbyError("unavailable", "Not connected");
        const socket = await ready();
        const answer = await ask(socket, event, payload);
        if (answer?.ok) return answer.data;
        if (answer) throw new PasserbyError(answer.error.code, answer.error.message, answer.error);
        if (once) throw new PasserbyError("unavailable", "No answer");
      }
    },
  };
}

/** Undefined: no answer, so nobody knows whether it was done. */
function ask<E extends RequestName>(socket: LiveSocket, event: E, payload: Payload<E>) {
  return new Promise<Ack<Answer<E>> | undefined>((resolve) => {
    if (!socket.connected) return resolve(undefined);
    const untyped = socket.timeout(limits.ackTimeoutMs) as unknown as {
      emit: (event: E, payload: Payload<E>, ack: (failure: Error | null, answer?: Ack<Answer<E>>) => void) => void;
    };
    untyped.emit(event, payload, (failure, answer) => resolve(failure ? undefined : answer));
  });
}
