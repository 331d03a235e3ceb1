/** No address before both agree, no signal to whom it is not for, no relay into anybody's network. */
import type { Lines } from "./row.ts";

const agreed = { test: "test/calls-privacy.test.ts", title: "[C5] until both agree no address passes" };
const signals = { test: "test/calls.test.ts", title: "[C3] no signal before the other has joined" };

export const calls: Lines = {
  "no address under relayOnly": [
    {
      test: "test/calls-privacy.test.ts",
      title: "[C5] no description, however odd, shows an address",
      control: "[C5] the checker catches what a filter by pattern lets through",
    },
    {
      ...agreed,
      fault: "one side's consent is enough",
      file: "shared/stores/call_signal.lua",
      from: "me.direct and other.direct and ARGV[7]",
      to: "me.direct and ARGV[7]",
    },
    {
      ...agreed,
      fault: "host candidates pass as relayed ones do",
      file: "socket-tier/relay-only.ts",
      from: "typ relay(",
      to: "typ \\w+(",
    },
    {
      test: "test/calls-privacy.test.ts",
      title: "[C5] where the operator says so, no consent lifts it",
      fault: "RELAY_ONLY is believed of those who agreed before it was set",
      file: "shared/stores/calls.ts",
      from: "config.relayOnly ? without : JSON.stringify(data),",
      to: "JSON.stringify(data),",
    },
  ],
  "signals without a call, to a stranger, too big, too many": [
    {
      ...signals,
      fault: "a signal passes before the other has joined",
      file: "shared/stores/call_signal.lua",
      from: "if to == guest or not other or other.state ~= 'joined' then return 'apart' end",
      to: "if to == guest or not other then return 'apart' end",
    },
    {
      ...signals,
      fault: "candidates are not counted",
      file: "shared/stores/call_signal.lua",
      from: "  return 'many'",
      to: "",
    },
    {
      ...signals,
      fault: "a signal may be as large as a frame",
      file: "shared/protocol/calls.ts",
      from: ".length <= limits.signalBytes;",
      to: ".length <= limits.frameBytes;",
    },
    {
      test: "test/calls.test.ts",
      title: "[C3] signals pass between the two",
      fault: "any connection of a participant may signal",
      file: "shared/stores/call_signal.lua",
      from: "if me.connection ~= ARGV[3] then return 'elsewhere' end\n",
      to: "",
    },
  ],
  "the relay refuses loopback, link-local, private and mapped peers": [
    {
      test: "test/turn.test.ts",
      title: "[C5] nor over IPv6, nor any IPv4 address",
      control: "[C5] without their lines the mapped ones would be reached: the check can fail",
    },
    {
      test: "test/turn.test.ts",
      title: "[C5] no private, loopback, link-local, reserved or multicast peer",
      fault: "a private network may be reached",
      file: "local/turnserver.conf",
      from: "denied-peer-ip=172.16.0.0-172.31.255.255",
      to: "denied-peer-ip=172.16.0.0-172.30.255.255",
    },
  ],
  "one call a room, whatever the interleaving": [
    {
      test: "test/calls.property.test.ts",
      title: "[C1][C2][C4] any interleaving by five guests",
      control: "[C1] the checker sees what read-then-write does wrong",
    },
  ],
};
