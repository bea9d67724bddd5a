import type { LightTrace, Resolution, Span } from "../../../api/types"
import { join, link } from "../../../components/classes"
import { Link } from "../../../components/Link"
import { Visible } from "../../../components/text/Visible"
import { shortId } from "../../../format/text"
import { paths } from "../../../paths"
import { Block, Facts } from "./Facts"

/** Whose trace it is, where that comes from, and what this span says about it. */
export function Identity({ span, trace }: { span: Span; trace: LightTrace }) {
  const { user, session } = trace.identity
  return (
    <div className="flex flex-col gap-4">
      <Block title="User of the trace">
        <Origin found={user} hrefOf={paths.user} trace={trace} />
      </Block>
      <Block title="Session of the trace">
        <Origin found={session} hrefOf={paths.session} trace={trace} />
      </Block>
      <Block title="Set on this span">
        <Facts
          rows={{
            User: span.user_id && <Visible text={span.user_id} />,
            Session: span.session_id && <Visible text={span.session_id} />,
            "Provider's end-user field": span.provider_user && <Visible text={span.provider_user} />,
            Environment: span.environment,
            Release: span.release,
            Tags: span.tags.join(", "),
          }}
        />
      </Block>
    </div>
  )
}

const sources: Record<Resolution["source"], string> = {
  assigned: "assigned through the API",
  application: "set by the application",
  provider: "from the provider's end-user field",
  session: "from the trace's session",
}

type OriginProps = { found: Resolution | null; hrefOf: (id: string) => string; trace: LightTrace }

function Origin({ found, hrefOf, trace }: OriginProps) {
  if (!found) return <p className="text-faint">unknown</p>
  return (
    <>
      <p className="[overflow-wrap:anywhere]">
        <Link href={hrefOf(found.value)} className={link}>
          <Visible text={found.value} />
        </Link>
      </p>
      <p className="text-small text-secondary">
        {sources[found.source]}
        {found.attribute && (
          <>
            , in <code>{found.attribute}</code>
          </>
        )}
        {found.span_id && (
          <>
            {" "}
            of{" "}
            <Link href={paths.span(trace.trace_id, found.span_id)} className={join(link, "underline")}>
              span {shortId(found.span_id)}
            </Link>
          </>
        )}
      </p>
      {found.overrode.map((other, index) => (
        <p key={index} className="text-small text-warning">
          overrides <Visible text={other.value} /> ({sources[other.source]}
          {other.attribute && `, ${other.attribute}`})
        </p>
      ))}
    </>
  )
}
