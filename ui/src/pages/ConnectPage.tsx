import { PageHead } from "../features/shell/PageHead"
import { Start } from "../features/connect/Connect"

export default function StartPage() {
  return (
    <>
      <PageHead title="Connect" />
      <Start waiting={false} />
    </>
  )
}
