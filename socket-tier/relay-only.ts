/**
 * A signal without its sender's addresses (C5). Nothing is filtered out: what is known is read and written anew, and all else is
 * left behind, so that an odd spelling is a lost line and never a leak.
 */
import { isIP } from "node:net";
import type { Signal } from "../shared/protocol/index.ts";

/** RFC 8839; extensions come in pairs. Only UDP: browsers' relays offer nothing else. */
const candidate =
  /^candidate:([A-Za-z0-9+/]{1,32}) (\d{1,3}) udp (\d{1,10}) ([0-9A-Fa-f.:]{2,45}) (\d{1,5}) typ relay((?: [!-~]+ [!-~]+)*)$/i;
const extension = /^((generation|network-id|network-cost) \d{1,10}|ufrag [A-Za-z0-9+/]{1,256})$/;

/** A relay's candidate with nothing of the address behind it; undefined for anything else. */
function relayCandidate(text: string): string | undefined {
  const match = candidate.exec(text);
  if (!match) return undefined;
  const [, foundation, component, priority, address, port, extensions = ""] = match;
  if (isIP(address!) === 0 || Number(port) > 65_535) return undefined;
  const pairs = extensions.match(/\S+ \S+/g) ?? [];
  if (pairs.some((pair) => /^typ /i.test(pair))) return undefined; // of two types
  const kept = pairs.filter((pair) => extension.test(pair));
  const base = `candidate:${foundation} ${component} udp ${priority} ${address} ${port} typ relay`;
  return [base, "raddr 0.0.0.0 rport 9", ...kept].join(" ");
}

/** Attributes that browsers use, none of which is to hold an address. */
const attributes = new Set(
  `bundle-only end-of-candidates extmap extmap-allow-mixed fmtp group ice-lite ice-options ice-pwd ice-ufrag inactive
  max-message-size maxptime mid msid msid-semantic ptime recvonly rid rtcp-fb rtcp-mux rtcp-mux-only rtcp-rsize rtpmap sctp-port
  sctpmap sendonly sendrecv setup simulcast ssrc ssrc-group`.split(/\s+/),
);
/** … but some are free text: an address may stand after any colon of it. */
const holdsAddress = (text: string) =>
  /\d\.\d+\.\d+\.\d|\.local/i.test(text) ||
  text.split(/[^0-9A-Za-z:.%]+/).some((word) => {
    for (let from = 0; from >= 0; from = word.indexOf(":", from) + 1 || -1) if (isIP(word.slice(from)) > 0) return true;
    return false;
  });
const NOWHERE = "IN IP4 0.0.0.0";

function attribute(text: string): string | undefined {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  if (name === "candidate") {
    const kept = relayCandidate(text);
    return kept && `a=${kept}`;
  }
  if (name === "rtcp") return `a=rtcp:9 ${NOWHERE}`;
  if (name === "fingerprint")
    return /^fingerprint:[a-z0-9-]{1,20} ([0-9A-F]{2}:){15,63}[0-9A-F]{2}$/i.test(text) ? `a=${text}` : undefined;
  return attributes.has(name) && !holdsAddress(text) ? `a=${text}` : undefined;
}

function line(text: string): string | undefined {
  if (!/^[a-z]=[\x20-\x7e]*$/.test(text)) return undefined;
  const value = text.slice(2);
  switch (text.charAt(0)) {
    case "v":
      return "v=0";
    case "o":
      return `o=- ${/^\S+ (\d{1,20} \d{1,20}) /.exec(value)?.[1] ?? "0 0"} ${NOWHERE}`;
    case "s":
      return "s=-";
    case "t":
      return "t=0 0";
    case "c":
      return `c=${NOWHERE}`;
    case "b":
      return /^(AS|TIAS|CT|RR|RS):\d{1,10}$/.test(value) ? text : undefined;
    case "m": {
      const match = /^(audio|video|application) (\d{1,5}) ([A-Z/]{3,30}) ([A-Za-z0-9 -]{1,512})$/.exec(value);
      return match ? `m=${match[1]} ${match[2] === "0" ? 0 : 9} ${match[3]} ${match[4]}` : undefined;
    }
    case "a":
      return attribute(value);
    default:
      return undefined;
  }
}

/** Whatever ends a line for some parser ends it here. */
function relaySdp(sdp: string): string {
  return sdp
    .split(/[\r\n\v\f\u0085\u2028\u2029]/)
    .flatMap((text) => line(text) ?? [])
    .map((text) => `${text}\r\n`)
    .join("");
}

const isWord = (text: string | null | undefined) => /^[A-Za-z0-9_+/-]{0,256}$/.test(text ?? "");

/** @returns what may reach the peer while the two have not both agreed to show their addresses; undefined where that is nothing */
export function relayOnly(signal: Signal): Signal | undefined {
  if ("description" in signal) {
    const { type, sdp } = signal.description;
    return { description: { type, ...(sdp !== undefined && { sdp: relaySdp(sdp) }) } };
  }
  if (signal.candidate === null) return signal;
  const { candidate: text, sdpMid, sdpMLineIndex, usernameFragment } = signal.candidate;
  const kept = text === "" ? "" : relayCandidate(text); // "" ends the candidates of a line
  if (kept === undefined || !isWord(sdpMid) || !isWord(usernameFragment)) return undefined;
  return {
    candidate: {
      candidate: kept,
      ...(sdpMid !== undefined && { sdpMid }),
      ...(sdpMLineIndex !== undefined && { sdpMLineIndex }),
      ...(usernameFragment !== undefined && { usernameFragment }),
    },
  };
}
