/**
 * Length of the longest prefix of `0..count-1` whose elements are good, when goodness is monotone (an element is good only if
 * all before it are). Gallops back from the end, so the cost grows with the logarithm of the distance, and no check is made twice.
 */
export async function standingLength(
  count: bigint,
  isGood: (index: bigint) => Promise<boolean>,
): Promise<bigint> {
  let bad = count;
  let stride = 1n;
  let good = -1n;
  while (bad > 0n) {
    const probe = bad - stride < 0n ? 0n : bad - stride;
    if (await isGood(probe)) {
      good = probe;
      break;
    }
    bad = probe;
    stride *= 2n;
  }
  while (bad - good > 1n) {
    const middle = (good + bad) / 2n;
    if (await isGood(middle)) good = middle;
    else bad = middle;
  }
  return good + 1n;
}
