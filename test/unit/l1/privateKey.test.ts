import { inspect } from "node:util";
import { expect, test } from "@jest/globals";
import { assertKeyAllowed, devAccounts } from "../../../src/l1/dev/accounts.js";
import { PrivateKey } from "../../../src/l1/privateKey.js";

const hex = `0x${"42".repeat(32)}`;

test("privateKey: never shows itself", () => {
  const key = new PrivateKey(hex);
  const shown = [String(key), `${key}`, JSON.stringify({ key }), inspect({ key }, { depth: 9 })];
  for (const text of shown) {
    expect(text).toContain("***");
    expect(text).not.toContain("4242");
  }
  expect(new PrivateKey(hex.slice(2)).address).toBe(key.address);
});

test("privateKey: refuses what is no key, without repeating it", () => {
  for (const wrong of ["", "0x", hex.slice(0, -2), `0x${"00".repeat(32)}`, "secret"]) {
    let caught: unknown;
    try {
      new PrivateKey(wrong);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: "L1_BAD_KEY" });
    expect(inspect(caught, { depth: 9 })).not.toContain("4242");
  }
});

test("accounts: the usual ten, refused outside of development", () => {
  const keys = [...devAccounts().values()];
  expect(keys.length).toBe(10);
  const [first] = keys;
  if (first === undefined) throw new RangeError("no accounts");
  expect(first.address).toBe("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
  expect(() => assertKeyAllowed(first, 31337)).not.toThrow();
  expect(() => assertKeyAllowed(first, 1)).toThrow(
    expect.objectContaining({ code: "L1_DEV_KEYS_REFUSED" }),
  );
  expect(() => assertKeyAllowed(new PrivateKey(hex), 1)).not.toThrow();
});
