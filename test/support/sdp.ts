/** What browsers say of themselves, and what an attacker or an odd browser might: each line with an address that no peer may learn. */
import * as fc from "fast-check";

/** Addresses of a guest, in many spellings. None of them may reach the peer. */
export const hidden = [
  "192.168.77.13",
  "10.7.7.7",
  "203.0.113.77",
  "127.0.0.1",
  "fe80::77ff:fe77:7777",
  "2001:db8:77::7",
  "::ffff:10.7.7.7",
  "3d1a5b0e-7777-4c0f-9d5a-777777777777.local",
];
export const relays = ["198.51.100.4", "2001:db8:4::4"];

/** An offer as Chromium 120 makes it, with its addresses filled in. */
export const offerOf = (address: string, candidates: string[]) =>
  [
    "v=0",
    `o=- 4611731400430051336 2 IN IP4 ${address}`,
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "a=extmap-allow-mixed",
    "a=msid-semantic: WMS 7d7b",
    "m=audio 54609 UDP/TLS/RTP/SAVPF 111 63 9",
    `c=IN IP4 ${address}`,
    `a=rtcp:54610 IN IP4 ${address}`,
    ...candidates.map((one) => `a=${one}`),
    "a=ice-ufrag:ETEn",
    "a=ice-pwd:OtSK0WpNtpUjkY4+86js7Z/l",
    "a=ice-options:trickle",
    "a=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2",
    "a=setup:actpass",
    "a=mid:0",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "a=sendrecv",
    "a=msid:- 7d7b0f5c-22d6-4bd4-9e43-7a1bd9f1a2a1",
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6",
    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP6 ::",
    "a=mid:1",
    "a=sctp-port:5000",
    "a=max-message-size:262144",
    "",
  ].join("\r\n");

export const relayed = (address: string, behind: string) =>
  `candidate:842163049 1 udp 41885439 ${address} 50007 typ relay raddr ${behind} rport 46154 generation 0 ufrag ETEn network-cost 999`;

const address = fc.constantFrom(...hidden);
const type = fc.constantFrom(
  "host",
  "srflx",
  "prflx",
  "HOST",
  "Relay-ish",
  "unknown",
  "relay typ host",
  "host typ relay",
  "",
);
const transport = fc.constantFrom("udp", "UDP", "tcp", "TCP", "ssltcp", "dtls");
const space = fc.constantFrom(" ", "  ", "\t", "\u00a0", "\0");

/** A candidate that is to be dropped, well formed or not. */
export const forbidden = fc
  .record({ address, type, transport, space, raddr: fc.option(address), tcp: fc.boolean() })
  .map(({ address, type, transport, space, raddr, tcp }) =>
    [
      `candidate:1${space}1`,
      transport,
      "2122260223",
      address,
      "54609",
      "typ",
      `${type}${raddr ? ` raddr ${raddr} rport 9` : ""}${tcp ? " tcptype active" : ""}`,
    ].join(space),
  );
/** One that may pass, once what stands behind it is gone. */
export const allowed = fc.tuple(fc.constantFrom(...relays), address).map(([relay, behind]) => relayed(relay, behind));

/** Lines that hold a hidden address in some place or other. */
const oddLine = fc
  .tuple(
    fc.oneof(
      forbidden.chain((one) =>
        fc.constantFrom(
          `a=${one}`,
          `A=${one}`,
          ` a=${one}`,
          `a= ${one}`,
          `a=x-${one}`,
          `a=${one.replace("candidate", "Candidate")}`,
          `a=end-of-candidates ${one}`,
          one,
          `s=${one}`,
          `i=${one}`,
          `b=${one}`,
        ),
      ),
      address.chain((one) =>
        fc.constantFrom(
          `c=IN IP4 ${one}`,
          `c=IN IP6 ${one}/127`,
          `C=IN IP4 ${one}`,
          `o=${one} 1 2 IN IP4 ${one}`,
          `o=- ${one} IN IP4 ${one}`,
          `a=rtcp:9 IN IP4 ${one}`,
          `a=rtcp: ${one}`,
          `a=remote-candidates:1 ${one} 54609`,
          `a=ssrc:1 cname:${one}`,
          `a=mid:${one}`,
          `a=msid:${one} ${one}`,
          `a=fmtp:96 x=[${one}]:5000`,
          `a=ice-ufrag:${one}`,
          `m=audio 9 RTP/AVP 0 ${one}`,
          `m=${one} 9 RTP/AVP 0`,
          `t=${one}`,
          `v=${one}`,
          `u=http://${one}/`,
          `a=alt:1 1 : ${one}`,
        ),
      ),
    ),
    fc.constantFrom("\r\n", "\n", "\r", "\r\r\n", "\r\n ", "\u2028", "\v"),
  )
  .map(([line, end]) => line + end);

/** A description with odd lines anywhere in it, and relays among them. */
export const description = fc
  .tuple(
    address,
    fc.array(fc.oneof(forbidden, allowed), { maxLength: 6 }),
    fc.array(fc.tuple(oddLine, fc.nat(30)), { maxLength: 12 }),
  )
  .map(([own, candidates, odd]) => {
    const lines = offerOf(own, candidates).split(/(?<=\r\n)/);
    for (const [line, at] of odd) lines.splice(at, 0, line);
    return lines.join("");
  });
