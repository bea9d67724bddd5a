import { Check, Copy as CopyIcon } from 'lucide-react'
import { useEffect, useState } from 'react'
import { join, quiet } from './classes'

/** Copies a text; the sign turns into a tick for a moment. */
export function Copy({ text, label, words, className }: { text: string | (() => string); label: string; words?: string; className?: string }) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1_500)
    return () => clearTimeout(timer)
  }, [done])
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(typeof text === 'function' ? text() : text)
    setDone(true)
  }
  const Icon = done ? Check : CopyIcon
  return (
    <button type="button" className={className ?? join(quiet, done && 'text-good')} aria-label={words ? undefined : label} title={label} onClick={() => void copy()}>
      <Icon size={14} aria-hidden />
      {words}
      <span className="sr-only" role="status">
        {done ? 'copied' : ''}
      </span>
    </button>
  )
}
