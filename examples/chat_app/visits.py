"""People come in, talk, judge, leave, and come back: the plan, lived through with the real application."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Lock
from typing import Any

import openai

import baserun
from chat_app.assistant import Assistant
from chat_app.dialogues import ToolUse
from chat_app.plan import PlannedSession, PlannedTurn
from chat_app.sent import SentCall, SentTurn

VISITORS_AT_ONCE = 8
WISHES = {
    "": "",
    "healed": "status=429 times=1 retry_after=0.05",
    "rate_limit": "status=429 retry_after=0.02",
    "server_error": "status=500 retry_after=0.02",
    "timeout": "delay=1.5",
    "broken_stream": "break_after=6",
}
"""How each trouble is asked of the fake provider (`fake_provider/wish.py`)."""


class Visits:
    """One sitting of everybody's visits; `folder` is where the application keeps conversations until people return."""

    def __init__(self, client: openai.OpenAI, folder: Path, sitting: int) -> None:
        self.client = client
        self.folder = folder
        self.sitting = sitting
        self.turns: list[SentTurn] = []
        self._adding = Lock()

    def run(self, plan: list[PlannedSession]) -> Iterator[str]:
        """Let everybody of this sitting come; the key of each visit when it is over."""
        expected = [session for session in plan if len(session.sittings) > self.sitting]
        with ThreadPoolExecutor(VISITORS_AT_ONCE) as pool:
            for visit in as_completed([pool.submit(self.visit, session) for session in expected]):
                yield visit.result()

    def visit(self, planned: PlannedSession) -> str:
        """One visit: a session that is started, or resumed by the id that was kept."""
        kept = self.folder / f"{planned.key}.json"
        memory = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        messages = memory.get("messages") or [{"role": "system", "content": planned.instructions}]
        address = planned.person.address if planned.person else None
        named = planned.person is not None and planned.person.named
        name = planned.title if not memory else None
        with baserun.with_session(
            user_identifier=address if named else None, session_identifier=memory.get("session_id"), name=name
        ) as session:
            user_id = baserun.hash_identifier(address) if address else None
            if planned.person and named:
                baserun.identify(traits=planned.person.traits)
            for turn in planned.sittings[self.sitting]:
                self.take_turn(planned, session.id, user_id, messages, turn)
            if planned.outcome and self.sitting == len(planned.sittings) - 1:
                session.end(outcome=planned.outcome)
        kept.write_text(json.dumps({"session_id": session.id, "messages": messages}), encoding="utf-8")
        return planned.key

    def take_turn(
        self, planned: PlannedSession, session_id: str, user_id: str | None, messages: list, turn: PlannedTurn
    ) -> None:
        """One question: asked, answered or failed, and judged."""
        calls: list[SentCall] = []
        response_ids: list[str] = []
        office = BackOffice(turn.line.tools)

        def heard(how: dict[str, Any], *, response_id: str = "", usage: Any = None, error: Any = None) -> None:
            response_ids.append(response_id)
            calls.append(_sent_call(how["model"], usage, error))

        client = self.client.with_options(default_headers={"x-fake": WISHES[turn.trouble]}, timeout=_timeout(turn))
        failed = False
        try:
            Assistant(client, office, heard).answer(
                messages,
                turn.line.user,
                model=planned.model,
                user=user_id,
                streamed=turn.streamed,
                usage_in_stream=turn.usage_in_stream,
            )
        except openai.OpenAIError:
            failed = True
        judgement = None if failed else turn.line.judgement
        if judgement is not None:
            comment = judgement.comment or None
            baserun.feedback("helpful", thumbsup=judgement.thumbs_up, comment=comment, response_id=response_ids[-1])
        thumbs_up = judgement.thumbs_up if judgement else None
        errors = int(failed) + office.failures
        sent = SentTurn(planned.key, session_id, user_id, calls, office.uses, errors, thumbs_up)
        with self._adding:
            self.turns.append(sent)


class BackOffice:
    """The shop behind the counter: does what the dialogue says that it does."""

    def __init__(self, uses: list[ToolUse]) -> None:
        self._uses = uses
        self.uses = 0
        self.failures = 0

    def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        """The result of a tool; raises where the dialogue says so."""
        use = self._uses[self.uses]
        assert (use.name, use.arguments) == (name, arguments)
        self.uses += 1
        time.sleep(0.01 + 0.08 * (len(str(use.result)) % 7) / 7)
        if use.error:
            self.failures += 1
            kind, _, message = use.error.partition(": ")
            raise {"TimeoutError": TimeoutError, "LookupError": LookupError}.get(kind, PermissionError)(message)
        return use.result


@baserun.trace(name="daily digest")
def write_digest(client: openai.OpenAI, n: int) -> SentTurn:
    """A job without a person: no session, no user."""
    question = f"Sum up page {n} of today's conversations in one sentence."
    completion = client.chat.completions.create(model="gpt-4.1-nano", messages=[{"role": "user", "content": question}])
    return SentTurn(None, None, None, [_sent_call("gpt-4.1-nano", completion.usage, None)], 0, 0, None)


def _sent_call(model: str, usage: Any, error: Any) -> SentCall:
    kind = type(error).__name__ if error is not None else None
    if usage is None:
        return SentCall(model, None, None, None, None, kind, time.time())
    cached, reasoning = usage.prompt_tokens_details.cached_tokens, usage.completion_tokens_details.reasoning_tokens
    return SentCall(model, usage.prompt_tokens, usage.completion_tokens, cached, reasoning, kind, time.time())


def _timeout(turn: PlannedTurn) -> float:
    return 0.3 if turn.trouble == "timeout" else 30
