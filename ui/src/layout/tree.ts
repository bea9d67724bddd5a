/** The spans of a trace → the rows of its tree, in linear time. Every span that was sent has a row. */

export type TreeSpan = {
  span_id: string
  parent_span_id: string | null
  kind: string
  name: string
  start_ms: number
  duration_ms: number
  status: string
}

export type TreeNode<S extends TreeSpan> = {
  span: S
  depth: number
  children: TreeNode<S>[]
  /** The parent that it names is not in the trace. */
  orphan: boolean
  startMs: number
  endMs: number
  /** The number of descendants. */
  below: number
  /** This span or a descendant failed. */
  failing: boolean
}

export type SpanRow<S extends TreeSpan> = { type: "span"; id: string; node: TreeNode<S>; depth: number }
export type GroupRow<S extends TreeSpan> = {
  type: "group"
  id: string
  nodes: TreeNode<S>[]
  depth: number
  startMs: number
  endMs: number
  medianMs: number
  errors: number
}
export type TreeRow<S extends TreeSpan> = SpanRow<S> | GroupRow<S>

/** From this number on, equal siblings share one row until it is expanded. */
export const GROUP_FROM = 9

/** Build the forest. Roots have no parent, an unknown one, or are part of a cycle. Siblings are in start order. */
export function forestOf<S extends TreeSpan>(spans: readonly S[]): TreeNode<S>[] {
  const nodes = new Map<string, TreeNode<S>>()
  for (const span of spans) {
    const startMs = span.start_ms
    const node = {
      span,
      depth: 0,
      children: [],
      orphan: false,
      startMs,
      endMs: startMs + span.duration_ms,
      below: 0,
      failing: span.status === "error",
    }
    if (!nodes.has(span.span_id)) nodes.set(span.span_id, node)
  }
  const roots: TreeNode<S>[] = []
  for (const node of nodes.values()) {
    const parent = node.span.parent_span_id ? nodes.get(node.span.parent_span_id) : undefined
    if (parent && parent !== node) {
      parent.children.push(node)
    } else {
      node.orphan = Boolean(node.span.parent_span_id)
      roots.push(node)
    }
  }
  const order: TreeNode<S>[] = []
  const reached = new Set<TreeNode<S>>()
  visit(roots, order, reached)
  for (const node of nodes.values()) {
    if (reached.has(node)) continue
    // Only cycles are still unreached: each is cut at its first span.
    const parent = nodes.get(node.span.parent_span_id ?? "")
    if (parent) parent.children = parent.children.filter((child) => child !== node)
    node.orphan = true
    roots.push(node)
    visit([node], order, reached)
  }
  for (const node of order.toReversed()) {
    for (const child of node.children) {
      node.below += child.below + 1
      node.failing ||= child.failing
    }
  }
  return roots.toSorted(byStart)
}

function visit<S extends TreeSpan>(starts: TreeNode<S>[], order: TreeNode<S>[], reached: Set<TreeNode<S>>): void {
  const stack = [...starts]
  while (stack.length > 0) {
    const node = stack.pop()!
    if (reached.has(node)) continue
    reached.add(node)
    order.push(node)
    node.children = node.children.toSorted(byStart)
    for (const child of node.children) {
      child.depth = node.depth + 1
      stack.push(child)
    }
  }
}

/**
 * The rows from top to bottom. `closed` holds the ids of collapsed spans, `opened` those of expanded groups.
 * `GROUP_FROM` or more siblings of the same kind and name, without children, form one group.
 */
export function rowsOf<S extends TreeSpan>(
  roots: readonly TreeNode<S>[],
  closed: ReadonlySet<string>,
  opened: ReadonlySet<string>,
): TreeRow<S>[] {
  const rows: TreeRow<S>[] = []
  type Step = { nodes: readonly TreeNode<S>[]; depth: number; parent: string } | { row: TreeRow<S> }
  const stack: Step[] = [{ nodes: roots, depth: 0, parent: "" }]
  while (stack.length > 0) {
    const step = stack.pop()!
    if ("row" in step) {
      rows.push(step.row)
      if (step.row.type === "span" && step.row.node.children.length > 0 && !closed.has(step.row.id)) {
        stack.push({ nodes: step.row.node.children, depth: step.row.depth + 1, parent: step.row.id })
      }
      continue
    }
    const { nodes, depth, parent } = step
    for (const row of siblingRows(nodes, depth, parent, opened).toReversed()) stack.push({ row })
  }
  return rows
}

function siblingRows<S extends TreeSpan>(
  nodes: readonly TreeNode<S>[],
  depth: number,
  parent: string,
  opened: ReadonlySet<string>,
): TreeRow<S>[] {
  const alike = new Map<string, TreeNode<S>[]>()
  for (const node of nodes) {
    if (node.children.length > 0) continue
    const same = alike.get(groupKey(node))
    if (same) same.push(node)
    else alike.set(groupKey(node), [node])
  }
  const rows: TreeRow<S>[] = []
  const grouped = new Set<string>()
  for (const node of nodes) {
    const key = groupKey(node)
    const same = node.children.length > 0 ? undefined : alike.get(key)
    if (same && same.length >= GROUP_FROM) {
      const id = `group:${parent}:${key}`
      if (!grouped.has(key)) {
        grouped.add(key)
        rows.push(groupRow(id, same, depth))
      }
      if (opened.has(id)) rows.push({ type: "span", id: node.span.span_id, node, depth: depth + 1 })
      continue
    }
    rows.push({ type: "span", id: node.span.span_id, node, depth })
  }
  return rows
}

const groupKey = <S extends TreeSpan>({ span }: TreeNode<S>): string => `${span.kind} ${span.name}`

function groupRow<S extends TreeSpan>(id: string, nodes: TreeNode<S>[], depth: number): GroupRow<S> {
  const durations = nodes.map((node) => node.span.duration_ms).toSorted((a, b) => a - b)
  return {
    type: "group",
    id,
    nodes,
    depth,
    // Reduced, because spreading many thousand arguments is beyond what an engine takes.
    startMs: nodes.reduce((least, { startMs }) => Math.min(least, startMs), Infinity),
    endMs: nodes.reduce((most, { endMs }) => Math.max(most, endMs), -Infinity),
    medianMs: durations[Math.floor(durations.length / 2)] ?? 0,
    errors: nodes.filter((node) => node.span.status === "error").length,
  }
}

const byStart = <S extends TreeSpan>(a: TreeNode<S>, b: TreeNode<S>): number => a.startMs - b.startMs

/**
 * The ids of the spans that determine the duration of the trace: backwards from the end of the last root, always the
 * child that ended last before the time reached.
 */
export function criticalPath<S extends TreeSpan>(roots: readonly TreeNode<S>[]): Set<string> {
  const path = new Set<string>()
  const last = roots.reduce<TreeNode<S> | undefined>(
    (best, node) => (!best || node.endMs > best.endMs ? node : best),
    undefined,
  )
  const stack = last ? [last] : []
  while (stack.length > 0) {
    const node = stack.pop()!
    path.add(node.span.span_id)
    let until = node.endMs
    for (const child of node.children.toSorted((a, b) => b.endMs - a.endMs)) {
      if (child.endMs > until) continue
      stack.push(child)
      until = child.startMs
    }
  }
  return path
}

/** The spans of a row: one, or all of a group. */
export const nodesOf = <S extends TreeSpan>(row: TreeRow<S>): TreeNode<S>[] =>
  row.type === "group" ? row.nodes : [row.node]

/** Whether any span of the row is among the matches. */
export const matchesRow = <S extends TreeSpan>(row: TreeRow<S>, matches: ReadonlySet<string>): boolean =>
  nodesOf(row).some(({ span }) => matches.has(span.span_id))
