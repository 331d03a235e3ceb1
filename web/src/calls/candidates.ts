/** The other end's candidates: those that come before the description they belong to wait for it. */
import { speaksOf } from "./sdp.ts";

/** More than a real peer gathers; what a strange one sends beyond is dropped, oldest first. */
const MOST = 64;

export function createCandidates() {
  let waiting: RTCIceCandidateInit[] = [];

  const known = (pc: RTCPeerConnection | undefined, { usernameFragment }: RTCIceCandidateInit): boolean =>
    !!pc?.remoteDescription && speaksOf(pc.remoteDescription.sdp, usernameFragment);

  // One that does not fit is worth no more than one that never came.
  const give = (pc: RTCPeerConnection, candidate: RTCIceCandidateInit) => pc.addIceCandidate(candidate).catch(() => {});

  return {
    async add(pc: RTCPeerConnection | undefined, candidate: RTCIceCandidateInit): Promise<void> {
      if (pc && known(pc, candidate)) await give(pc, candidate);
      else waiting = [...waiting, candidate].slice(-MOST);
    },
    /** Call when a remote description was set. */
    async release(pc: RTCPeerConnection): Promise<void> {
      const fitting = waiting.filter((one) => known(pc, one));
      waiting = waiting.filter((one) => !fitting.includes(one));
      for (const one of fitting) await give(pc, one);
    },
  };
}
