import { expect, test } from "vitest"
import { csv, jsonl } from "./csv"

const rows = [
  { id: "a", cost: -0.5, said: 'He said "no",\nand left', tags: ["x", "y"], user: null, ended: true },
  { id: '=HYPERLINK("x")', cost: 0, said: "-1", tags: [], user: "+49", ended: false },
]

test("text that strangers wrote is quoted, and never a formula", () => {
  expect(csv(rows)).toBe(
    "id,cost,said,tags,user,ended\r\n" +
      'a,-0.5,"He said ""no"",\nand left","[""x"",""y""]",,true\r\n' +
      '"\'=HYPERLINK(""x"")",0,\'-1,[],\'+49,false\r\n',
  )
  expect(csv([])).toBe("")
})

test("JSON lines read back unchanged", () => {
  expect(
    jsonl(rows)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(rows)
})
