import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/** What the asking thread is made with; `answers` goes to it by transfer. */
export interface AskSetup {
  /** Counts the answers. */
  flag: SharedArrayBuffer;
  answers: MessagePort;
}

/** The asking side: a thread whose work is synchronous, and which sleeps until the other one has answered. */
export class SyncAsker<Question, Answer> {
  readonly #flag: Int32Array;
  readonly #answers: MessagePort;
  readonly #send: (question: Question) => void;

  constructor({ flag, answers }: AskSetup, send: (question: Question) => void) {
    this.#flag = new Int32Array(flag);
    this.#answers = answers;
    this.#send = send;
  }

  ask(question: Question): Answer {
    const before = Atomics.load(this.#flag, 0);
    this.#send(question);
    let received = receiveMessageOnPort(this.#answers);
    while (received === undefined) {
      Atomics.wait(this.#flag, 0, before);
      received = receiveMessageOnPort(this.#answers);
    }
    return received.message;
  }
}

/** The answering side, in the thread that has what is asked for. */
export class SyncAnswerer<Answer> {
  /** For the `workerData` of the asking thread, with `setup.answers` in its transfer list. */
  readonly setup: AskSetup;
  readonly #flag: Int32Array;
  readonly #port: MessagePort;

  constructor() {
    const flag = new SharedArrayBuffer(4);
    const { port1, port2 } = new MessageChannel();
    // Nobody waits for a thread that asks nothing.
    port1.unref();
    this.#port = port1;
    this.#flag = new Int32Array(flag);
    this.setup = { flag, answers: port2 };
  }

  reply(answer: Answer): void {
    this.#port.postMessage(answer);
    Atomics.add(this.#flag, 0, 1);
    Atomics.notify(this.#flag, 0);
  }

  close(): void {
    this.#port.close();
  }
}
