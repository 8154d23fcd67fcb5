import { TASKS, type TaskArgs, type TaskName, type TaskResult } from "./tasks.js";
import type { World } from "./threadWorld.js";

/**
 * Runs tasks that may take long: in other threads, or in this one.
 * Errors: those of the task, and ENGINE_CALL_BUSY, ENGINE_CALL_TIMEOUT, ENGINE_THREAD_ENDED, ENGINE_CLOSED.
 */
export interface TaskRunner {
  run<Name extends TaskName>(task: Name, args: TaskArgs<Name>): Promise<TaskResult<Name>>;
  close(): Promise<void>;
  /** True while a thread has nothing to do; absent: tasks run in this one. */
  readonly isIdle?: boolean;
}

type AnyTask = (world: World, args: unknown) => Promise<unknown>;

/** Runs a task where it is called. */
export function runTask<Name extends TaskName>(
  world: World,
  task: Name,
  args: TaskArgs<Name>,
): Promise<TaskResult<Name>> {
  return (TASKS[task] as AnyTask)(world, args) as Promise<TaskResult<Name>>;
}

/** Runs tasks in this thread; long ones give way to the event loop now and then. */
export class LocalTasks implements TaskRunner {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  run<Name extends TaskName>(task: Name, args: TaskArgs<Name>): Promise<TaskResult<Name>> {
    return runTask(this.#world, task, args);
  }

  async close(): Promise<void> {}
}
