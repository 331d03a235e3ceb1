/** The two things that are read out of a session description. Pure. */

/** Which RTCPeerConnection made it: the session id of its `o=` line stays the same as long as that lives. */
export const originOf = (sdp: string): string | undefined => /^o=\S+ (\S+) /m.exec(sdp)?.[1];

/** Is that ICE generation the one it describes? A candidate that names none is taken for it. */
export const speaksOf = (sdp: string, usernameFragment: string | null | undefined): boolean =>
  !usernameFragment || sdp.split(/\r?\n/).includes(`a=ice-ufrag:${usernameFragment}`);
