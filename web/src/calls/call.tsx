/** All that calls show: one that rings, the one we are in, how the last one ended. */
import { busy } from "./course.ts";
import { Devices } from "./devices.tsx";
import { Incoming } from "./incoming.tsx";
import { Over } from "./over.tsx";
import { Panicked } from "./panic.tsx";
import { Stage } from "./stage.tsx";
import { devicesOpen } from "./view.ts";

export function Call() {
  return (
    <>
      {busy.value && <Stage />}
      <Incoming />
      <Over />
      <Panicked />
      {devicesOpen.value && <Devices />}
    </>
  );
}
