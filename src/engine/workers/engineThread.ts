// A thread that calls run in, so that they never hold up blocks and other requests. Made by EngineThreads.
import { parentPort, workerData } from "node:worker_threads";
import { BridgedStore, type StoreAnswer, type StoreQuestion } from "./bridgedStore.js";
import { SyncAsker } from "./syncAsk.js";
import { runTask } from "./taskRunner.js";
import type { TaskArgs, TaskName } from "./tasks.js";
import { type FromThread, packError, type ThreadSetup, type ToThread } from "./threadMessages.js";
import { ThreadWorld } from "./threadWorld.js";

const { asks, world: setup } = workerData as ThreadSetup;
const send = (message: FromThread): void => parentPort?.postMessage(message);
const asker = new SyncAsker<StoreQuestion, StoreAnswer>(asks, (key) => send({ kind: "ask", key }));
const world = new ThreadWorld(setup, new BridgedStore(asker));

async function run({ id, task, args }: ToThread): Promise<void> {
  try {
    const result = await runTask(world, task as TaskName, args as TaskArgs<TaskName>);
    send({ kind: "done", id, result });
  } catch (error) {
    send({ kind: "failed", id, error: packError(error) });
  }
}

parentPort?.on("message", (message: ToThread) => void run(message));
send({ kind: "ready" });
