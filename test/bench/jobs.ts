/** A process of the bench does jobs that its parent asks for, one at a time; `ask` in processes.ts is the other end. */

export interface Job {
  job: string;
  plan?: unknown;
}
export type Done = { done: string; result: unknown } | { failed: string };

const say = (done: Done) => process.send?.(done);

export function serveJobs(jobs: Record<string, (plan: never) => unknown>): void {
  async function serve({ job, plan }: Job): Promise<Done> {
    try {
      return { done: job, result: await jobs[job]!(plan as never) };
    } catch (error) {
      return { failed: `${job}: ${error instanceof Error ? error.stack : String(error)}` };
    }
  }
  process.on("message", (asked: Job) => void serve(asked).then(say));
  process.on("disconnect", () => process.exit(0));
}
