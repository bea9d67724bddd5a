// Print the reference of the package as Markdown, for docs/reference/typescript.md: every export of every entry point
// in package.json, with its signature and its comment. `./dev fix` writes the page, `./dev check` compares it.
//
// Made with the compiler itself rather than with TypeDoc: its Markdown plugin wrote 3,400 lines for this package
// (each member of `baserun` twice, all of the platform's `Error`), took 7 s of CPU, and brings 19 packages along.

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..")
const SOURCES = join(ROOT, "src")

/** What belongs together, in the order in which an application needs it; what stands nowhere follows as a type. */
const GROUPS = {
  "Start and stop": ["init", "InitOptions", "Redact", "flush", "shutdown", "VERSION"],
  "Sessions and users": [
    "session",
    "startSession",
    "endSession",
    "currentSession",
    "Session",
    "OpenSession",
    "SessionOptions",
    "SessionResult",
    "SessionCall",
    "identify",
    "Traits",
    "hashIdentifier",
  ],
  Traces: ["trace", "startTrace", "currentTraceId", "Trace", "TraceOptions", "Kind"],
  "Scores and notes": [
    "feedback",
    "Feedback",
    "check",
    "CheckOptions",
    "evals",
    "annotate",
    "Annotation",
    "log",
    "tag",
    "Target",
  ],
  Clients: ["wrap", "recordedFetch"],
  "Other services": ["headers", "continueFrom", "IncomingHeaders"],
  Errors: ["BaserunError", "InvalidArgument", "Misuse", "NotOffered"],
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))
const entries = Object.entries(manifest.exports)
  .filter(([, value]) => value.import)
  .map(([name, value]) => ({ name: name.replace(/^\./, "baserun"), file: sourceOf(value.import.types) }))
const program = ts.createProgram(
  entries.map(({ file }) => file),
  options(),
  host(),
)
const checker = program.getTypeChecker()

process.stdout.write(`# TypeScript SDK

Every export of the package \`baserun\`. Guides with examples: [Record a TypeScript application](../guides/typescript.md)
and [frameworks, the edge, settings](../guides/typescript-frameworks.md). This page is generated from the source by \`./dev fix\`.

`)
const variables = environmentVariables()
const described = new Set()
const exported = new Set(entries.flatMap(({ file }) => exportsOf(file)).map(resolved))
const named = new Set()
for (const { name, file } of entries) describeEntry(name, file)
describeNamed()

function describeEntry(name, file) {
  print(`## \`${name}\`\n`)
  const comment = fileComment(program.getSourceFile(file))
  if (comment) print(`${comment}\n`)
  const symbols = new Map(exportsOf(file).map((symbol) => [symbol.name, resolved(symbol)]))
  if (name !== "baserun") {
    for (const [own, symbol] of symbols) describe(own, symbol, "###")
    return
  }
  describeObject(symbols.get("baserun"), symbols)
  print(`Environment variables that the package reads: ${variables.map((one) => `\`${one}\``).join(", ")}.\n`)
  const grouped = new Set(["baserun", ...Object.values(GROUPS).flat()])
  const groups = { ...GROUPS, "More names": [...symbols.keys()].filter((own) => !grouped.has(own)) }
  for (const [title, names] of Object.entries(groups)) {
    print(`### ${title}\n`)
    for (const own of names) if (symbols.has(own)) describe(own, symbols.get(own), "####")
  }
}

/** Types that signatures name and no entry point exports. */
function describeNamed() {
  const left = () => [...named].filter((symbol) => !described.has(symbol))
  if (left().length) print("## Types that are named above\n")
  while (left().length)
    for (const symbol of left().sort((one, other) => (one.name < other.name ? -1 : 1)))
      describe(symbol.name, symbol, "###")
}

/** Types of ours that a declaration names, without its body. */
function typesIn(node, body, found = []) {
  if (node === body) return found
  if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
    const symbol = checker.getSymbolAtLocation(node.typeName ?? node.expression)
    const type = symbol && resolved(symbol)
    const [declaration] = type?.declarations ?? []
    const isOurs = declaration?.getSourceFile().fileName.startsWith(SOURCES)
    if (isOurs && (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))) found.push(type)
  }
  ts.forEachChild(node, (child) => void typesIn(child, body, found))
  return found
}

/** The object `baserun`: what it holds besides what is exported by the same name. */
function describeObject(symbol, symbols) {
  print(`### The object \`baserun\`\n\n${commentOf(symbol)}\n`)
  const members = checker.getTypeOfSymbol(symbol).getProperties()
  const same = members.filter((member) => symbols.has(member.name)).map((member) => `\`${member.name}\``)
  print(`By their own names too: ${same.join(", ")}.\n`)
  const others = members.filter((member) => !symbols.has(member.name))
  const missing = others.filter((member) => !commentOf(member)).map((member) => `\`${member.name}\``)
  for (const member of others) if (commentOf(member)) print(`- \`baserun.${member.name}\`: ${line(commentOf(member))}`)
  if (missing.length)
    print(`- ${missing.join(", ")}: names of earlier versions that throw \`NotOffered\` when they are called.`)
  print("")
}

function describe(name, symbol, level) {
  const declarations = symbol.declarations ?? []
  const [first] = declarations
  described.add(symbol)
  for (const one of declarations)
    if (!ts.isClassDeclaration(one) && !ts.isVariableDeclaration(one))
      for (const type of typesIn(one, one.body)) named.add(type)
  print(`${level} \`${name}\`\n`)
  if (!first) return print("")
  if (ts.isFunctionDeclaration(first)) {
    const overloads = declarations.length > 1 ? declarations.filter((one) => !one.body) : declarations
    code(overloads.map(signature))
    print(`${commentOf(symbol)}\n`)
  } else if (ts.isInterfaceDeclaration(first)) {
    const more = first.heritageClauses?.flatMap((clause) => clause.types.map((one) => `\`${one.getText()}\``)) ?? []
    print(`${commentOf(symbol)}${more.length ? ` It has the fields of ${more.join(", ")}, too.` : ""}\n`)
    describeFields(first.members)
  } else if (ts.isClassDeclaration(first)) describeClass(first, symbol)
  else if (ts.isTypeAliasDeclaration(first)) {
    code([
      first
        .getText()
        .replace(/^export /, "")
        .replace(/\s*\/\*\*[^]*?\*\//g, ""),
    ])
    print(`${commentOf(symbol)}\n`)
  } else {
    const type = checker.getTypeOfSymbol(symbol)
    const members = type.getProperties().filter(commentOf)
    const isObject =
      first.initializer &&
      ts.isAsExpression(first.initializer) &&
      ts.isObjectLiteralExpression(first.initializer.expression)
    code([
      isObject
        ? `const ${name}`
        : `const ${name}: ${checker.typeToString(type, first, ts.TypeFormatFlags.NoTruncation)}`,
    ])
    print(`${commentOf(symbol)}\n`)
    if (isObject)
      print(members.map((member) => `- \`${name}.${member.name}\`: ${line(commentOf(member))}`).join("\n") + "\n")
  }
}

function describeClass(declaration, symbol) {
  const extended = declaration.heritageClauses?.map((clause) => ` ${clause.getText()}`).join("") ?? ""
  const parameters = declaration.typeParameters
    ? `<${declaration.typeParameters.map((one) => one.getText()).join(", ")}>`
    : ""
  code([`class ${symbol.name}${parameters}${extended}`])
  print(`${commentOf(symbol)}\n`)
  const shown = declaration.members.filter((member) => {
    const hidden = ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)
    // A method that takes what only the package has is for the package.
    if ((member.parameters ?? []).some((one) => typesIn(one).some((type) => !exported.has(type)))) return false
    return (
      !hidden &&
      !ts.isSetAccessor(member) &&
      member.name &&
      ts.isIdentifier(member.name) &&
      commentOf(checker.getSymbolAtLocation(member.name))
    )
  })
  for (const member of shown) {
    const comment = line(commentOf(checker.getSymbolAtLocation(member.name)))
    const own = ts.isGetAccessor(member)
      ? `${member.name.text}: ${member.type.getText()}`
      : member
          .getText()
          .replace(/^readonly /, "")
          .split(" = ")[0]
    const text = ts.isMethodDeclaration(member) ? signature(member) : own
    print(`- \`${text.replaceAll(/\s+/g, " ").replaceAll("( ", "(").replaceAll(", )", ")")}\`: ${comment}`)
  }
  if (shown.length) print("")
}

function describeFields(members) {
  print("| name | type | meaning |\n| --- | --- | --- |")
  for (const member of members) {
    const symbol = member.name && checker.getSymbolAtLocation(member.name)
    const type = (ts.isPropertySignature(member) ? member.type.getText() : signature(member))
      .replace(/ \| undefined$/, "")
      .replaceAll(/\s+/g, " ")
    const cell = (text) => text.replaceAll("|", "\\|")
    print(
      `| \`${member.name?.getText() ?? ""}${member.questionToken ? "?" : ""}\` | \`${cell(type)}\` | ${symbol ? cell(line(commentOf(symbol))) : ""} |`,
    )
  }
  print("")
}

/** A function as it is called: without its body and the words before its name. */
function signature(declaration) {
  const text = declaration.body
    ? declaration.getText().slice(0, declaration.body.getStart() - declaration.getStart())
    : declaration.getText()
  return text
    .replace(/^(export |async |override |function )+/g, "")
    .trim()
    .replace(/;$/, "")
}

function exportsOf(file) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file))
  return module ? checker.getExportsOfModule(module) : []
}

function resolved(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

function commentOf(symbol) {
  return symbol ? ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() : ""
}

/** The comment that a file opens with, where it is the file's own and not that of its first declaration. */
function fileComment(source) {
  const [first] = ts.getLeadingCommentRanges(source.text, 0) ?? []
  if (!first || !source.text.slice(first.end).startsWith("\n\n")) return ""
  const text = source.text.slice(first.pos, first.end)
  return text
    .replace(/^\/\*\*?|\*\/$/g, "")
    .replaceAll(/^ *\* ?/gm, "")
    .trim()
}

/** Names of our variables, and of OpenTelemetry's, that any source reads. */
function environmentVariables() {
  const texts = readdirSync(SOURCES, { recursive: true })
    .filter((name) => /\.m?ts$/.test(name))
    .map((name) => readFileSync(join(SOURCES, name), "utf8"))
  return [
    ...new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/env\["((?:BASERUN|OTEL)_\w+|ENVIRONMENT)"\]/g)].map((found) => found[1]),
      ),
    ),
  ].sort()
}

function sourceOf(types) {
  const name = types.replace("./dist/esm/", "").replace(/\.d\.(m?)ts$/, ".$1ts")
  return join(SOURCES, name)
}

function options() {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile)
  return { ...ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options, noEmit: true }
}

/** Reads the sources, and has the one file that only a build makes where there was none. */
function host() {
  const made = ts.createCompilerHost(options())
  const version = join(SOURCES, "_version.ts")
  const text = `/** Version of the package. */\nexport const VERSION = ${JSON.stringify(manifest.version)}\n`
  const { readFile, fileExists } = made
  made.fileExists = (name) => name === version || fileExists(name)
  made.readFile = (name) => (name === version ? text : readFile(name))
  return made
}

function code(lines) {
  print(`\`\`\`ts\n${lines.join("\n")}\n\`\`\`\n`)
}

function line(text) {
  return text.replaceAll(/\s+/g, " ")
}

function print(text) {
  process.stdout.write(`${text}\n`)
}
