import { Visible } from "../../components/text/Visible"
import type { Series } from "./series"

type ValueTableProps = {
  title: string
  times: readonly string[]
  series: readonly Series[]
  format: (value: number | null) => string
  when: (index: number) => string
}

/** The values of a chart as a table, without the intervals in which every series is empty. */
export function ValueTable({ title, times, series, format, when }: ValueTableProps) {
  const filled = times.map((_, index) => index).filter((index) => series.some(({ values }) => values[index]))
  return (
    // It scrolls, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll-thin mt-1 h-41 overflow-auto" tabIndex={0} role="group" aria-label={`${title}, as a table`}>
      <table className="w-full text-small tabular-nums">
        <thead>
          <tr className="text-left text-faint">
            <th className="font-normal">Start</th>
            {series.map(({ name }) => (
              <th key={name} className="pl-3 text-right font-normal">
                <Visible text={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {filled.map((index) => (
            <tr key={times[index]} className="border-t border-hairline">
              <th className="py-0.5 text-left font-normal whitespace-nowrap">{when(index)}</th>
              {series.map(({ name, values }) => (
                <td key={name} className="pl-3 text-right">
                  {format(values[index] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
