/** The EVM's exceptions in geth's words, which clients compare. Those that are missing here are called the same. */
const WORDS: Readonly<Record<string, string>> = {
  revert: "execution reverted",
  "invalid JUMP": "invalid jump destination",
  "stack overflow": "stack limit reached 1024",
  "static state change": "write protection",
  "create collision": "contract address collision",
  "code size to deposit exceeds maximum code size": "max code size exceeded",
  "initcode exceeds max initcode size": "max initcode size exceeded",
  "code store out of gas": "contract creation code storage out of gas",
  "invalid bytecode deployed": "invalid code: must not begin with 0xef",
  "insufficient balance": "insufficient balance for transfer",
};

/** Name of an exception as geth has it. */
export function gethWords(exception: string): string {
  return WORDS[exception] ?? exception;
}
