import { type Common, Mainnet } from "@ethereumjs/common";
import { fastCrypto, L2Common } from "../../protocol/l2Common.js";
import { FORKS, type Fork } from "./forks.js";

/** Fork rules never change on one Common, so the answers about them are remembered. */
function memoise(common: Common): Common {
  const eips = new Map<number, boolean>();
  const isActivatedEIP = common.isActivatedEIP.bind(common);
  common.isActivatedEIP = (eip) => {
    let answer = eips.get(eip);
    if (answer === undefined) {
      answer = isActivatedEIP(eip);
      eips.set(eip, answer);
    }
    return answer;
  };
  const forks = new Map<string, boolean>();
  const gteHardfork = common.gteHardfork.bind(common);
  common.gteHardfork = (fork) => {
    let answer = forks.get(fork);
    if (answer === undefined) {
      answer = gteHardfork(fork);
      forks.set(fork, answer);
    }
    return answer;
  };
  return common;
}

function createForkCommon(chainId: number, fork: Fork): Common {
  const known: readonly string[] = FORKS.slice(0, FORKS.indexOf(fork) + 1);
  return new L2Common({
    chain: {
      ...Mainnet,
      name: `chain-${chainId}`,
      chainId,
      // One fork for the whole chain: which one a block has is decided before its Common is looked up.
      hardforks: Mainnet.hardforks
        .filter(({ name }) => known.includes(name))
        .map(({ name, timestamp }) => ({
          name,
          block: timestamp === undefined ? 0 : null,
          ...(timestamp === undefined ? {} : { timestamp: 0 }),
        })),
      bootstrapNodes: [],
      dnsNetworks: [],
    },
    hardfork: fork,
    customCrypto: { ...fastCrypto },
  });
}

const commons = new Map<string, Common>();
/** A test run can meet many chain ids; a node meets one. */
const MAX_COMMONS = 256;

/** The Common of one fork of a chain, with all rules up to that fork from genesis on. */
export function forkCommon(chainId: number, fork: Fork): Common {
  const key = `${chainId}/${fork}`;
  let common = commons.get(key);
  if (!common) {
    if (commons.size >= MAX_COMMONS) commons.clear();
    common = memoise(createForkCommon(chainId, fork));
    commons.set(key, common);
  }
  return common;
}
