/** What vitest's JSON report says of one test: a control counts only where the test itself ran, and failed by what it asserts. */

interface Report {
  testResults: {
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] | null }[];
  }[];
}

export type Verdict = { is: "green" } | { is: "red" | "broken"; why: string };

/** An expectation, an answer of another form, a wait's deadline, a counter-example. Code that does not load or start is none of these. */
const asserted =
  /AssertionError|Error: expected .* to |actual value must be|expects to receive|ZodError|SyntaxError: .*JSON|TimeoutError|not within \d+ ms|Test timed out|Property failed/;

/** A wait of the test's beginning (until.ts): nothing was tried yet. */
const unbegun = /not begun: /;

const firstLine = (text: string) => text.split("\n", 1)[0]!;

/** @param report undefined where vitest wrote none */
export function verdictOf(report: Report | undefined, title: string): Verdict {
  const files = report?.testResults ?? [];
  const named = files.flatMap(({ assertionResults }) => assertionResults).filter((one) => one.fullName.includes(title));
  const ran = named.filter(({ status }) => status === "passed" || status === "failed");
  if (ran.length === 0) {
    const said = files.map(({ message = "" }) => firstLine(message)).find((message) => message !== "");
    return { is: "broken", why: `no test of that name ran${said ? `: ${said}` : ""}` };
  }
  const failed = ran.filter(({ status }) => status === "failed");
  if (failed.length === 0) return { is: "green" };
  const why = failed.flatMap(({ failureMessages }) => failureMessages ?? []);
  const assertion = why.find((message) => asserted.test(message) && !unbegun.test(message));
  if (assertion !== undefined) return { is: "red", why: firstLine(assertion) };
  return { is: "broken", why: `failed by no assertion: ${firstLine(why[0] ?? "")}` };
}
