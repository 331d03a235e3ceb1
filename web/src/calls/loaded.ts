/** Everything of calls that is not needed before the first one. */
// oxlint-disable-next-line import/no-unassigned-import
import "../styles/calls.css";
import { follow as followCourse } from "./course.ts";
import { follow as followMesh } from "./mesh.ts";
import { follow as followRinging } from "./ringing.ts";

followCourse();
followMesh();
followRinging();

export { Call } from "./call.tsx";
export { begin, join } from "./course.ts";
