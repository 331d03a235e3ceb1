/** What a row of the table is, and what may be wrong with it. */

/** A test of the suite (its file, words of its title) and what shows that it can fail. */
export type Row = { test: string; title: string } & (Mutation | InSuite);

/** An old fault, put back in a copy by `npm run test:controls`: then that test has to turn red. */
export interface Mutation {
  fault: string;
  file: string;
  /** Stands once in the file. */
  from: string;
  to: string;
}

/** Another test of that file, which holds a naive mode to the same check and sees it fail in every run of the suite. */
export interface InSuite {
  control: string;
}

/** What is promised → the tests that hold us to it. */
export type Lines = Record<string, Row[]>;

export const isMutation = (row: Row): row is Row & Mutation => "fault" in row;

/** Why this row could prove nothing. @param read a file's text, "" where there is none */
export function flawsOf(row: Row, read: (file: string) => string): string[] {
  const suite = read(row.test);
  const flaws = [row.title, ...(isMutation(row) ? [] : [row.control])]
    .filter((title) => !suite.includes(title))
    .map((title) => `${row.test} has no test "${title}"`);
  if (isMutation(row)) {
    const { file, from, to } = row;
    const times = read(file).split(from).length - 1;
    if (times !== 1) flaws.push(`${file} holds ${times} times: ${from}`);
    if (from === to) flaws.push(`${file} stays as it is: ${from}`);
  }
  return flaws;
}
