import { describe, expect, test } from "vitest"
import { paths } from "../paths"
import { parseSearch, stringifySearch } from "./search"

describe("addresses", () => {
  test("stay readable", () => {
    expect(stringifySearch({ filter: "errors>=1 model:gpt-4.1,claude", from: "now-7d", sort: "-cost_usd" })).toBe(
      "?filter=errors%3E=1+model:gpt-4.1,claude&from=now-7d&sort=-cost_usd",
    )
  })
  test("omit empty values", () => expect(stringifySearch({ q: "", filter: undefined, sort: null })).toBe(""))
  test.each(["", "a&b=c", "a+b %20 #x", '“quoted” "text"', "名前 😀", "=?&;%"])("keep `%s` as it is", (value) => {
    expect(parseSearch(stringifySearch({ q: value, filter: value }))).toEqual(
      value === "" ? {} : { q: value, filter: value },
    )
  })
  test("replace half a surrogate pair", () => expect(stringifySearch({ q: "a\uD800" })).toBe("?q=a%EF%BF%BD"))
})

test("ids of any characters fit into a path", () => {
  expect(Object.fromEntries(["a/b", "a%2Fb", "x y", "😀", "?#"].map((id) => [id, paths.user(id)]))).toEqual({
    "a/b": "/users/a%2Fb",
    "a%2Fb": "/users/a%252Fb",
    "x y": "/users/x%20y",
    "😀": "/users/%F0%9F%98%80",
    "?#": "/users/%3F%23",
  })
})
