import { PageHead } from "../parts/shell/PageHead"
import { Start } from "../parts/Start"

export default function StartPage() {
  return (
    <>
      <PageHead title="Connect" />
      <Start waiting={false} />
    </>
  )
}
