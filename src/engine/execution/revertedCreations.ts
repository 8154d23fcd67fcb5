import type { EVM, EVMResult, ExecResult } from "@ethereumjs/evm";

/** First byte of code that may not be deployed. Source: EIP-3541 */
const RESERVED = 0xef;

/** What of the library is wrapped. */
interface Creator {
  runInterpreter(message: { isCreate?: boolean }, options?: object): Promise<ExecResult>;
  _executeCreate(message: object): Promise<EVMResult>;
}

/**
 * Lets creations that revert with data that begin with 0xEF end as reverts. @ethereumjs/evm 10.1.3 looks at the first byte of
 * whatever init code returns; EIP-3541 speaks of code that would be deployed, so a revert keeps its data and the gas left.
 */
export function keepReverts(evm: EVM): void {
  const creator = evm as unknown as Creator;
  const run = creator.runInterpreter.bind(evm);
  const create = creator._executeCreate.bind(evm);
  /** Of the init code that ended last. Creations inside it have ended before it. */
  let reverted: ExecResult | undefined;
  creator.runInterpreter = async (message, options) => {
    const result = await run(message, options);
    if (message.isCreate) {
      const isMistaken = result.exceptionError !== undefined && result.returnValue[0] === RESERVED;
      reverted = isMistaken ? result : undefined;
    }
    return result;
  };
  creator._executeCreate = async (message) => {
    reverted = undefined;
    const answer = await create(message);
    const own = reverted;
    reverted = undefined;
    return own === undefined ? answer : { ...answer, execResult: own };
  };
}
