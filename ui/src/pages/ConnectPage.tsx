import { Connect } from "../features/connect/Connect"
import { PageHead } from "../features/shell/PageHead"

export default function ConnectPage() {
  return (
    <>
      <PageHead title="Connect" />
      <Connect waiting={false} />
    </>
  )
}
