# pyright: strict
"""Documented call forms, read by the type checker only."""

import openai

import baserun

baserun.init()
baserun.init(False)
client: openai.OpenAI = baserun.init(openai.OpenAI(), user="ada", session="s-1")
recorded: openai.OpenAI = baserun.OpenAI()


@baserun.trace
def bare(question: str) -> int:
    return len(question)


@baserun.trace(name="named", metadata={"a": 1}, kind="tool")
def named(question: str) -> int:
    return len(question)


@baserun.trace("positional")
async def positional(question: str) -> int:
    return len(question)


@baserun.with_session("ada")
def in_a_session(question: str) -> int:
    return len(question)


async def use() -> None:
    results: list[int] = [bare("a"), named("b"), await positional("c"), in_a_session("d")]
    with baserun.with_session(user_identifier="ada", session_identifier="s-1", name="Refund") as session:
        identifier: str = session.id
        session.end(outcome="completed")
    async with baserun.with_session("ada") as session, baserun.start_trace("answer", topic="refunds") as trace:
        trace.result = {"ok": True, "results": results, "session": identifier, "user": session.user_identifier}
        trace.metadata["more"] = 1
    sent: bool = baserun.flush(timeout=1.0) and await baserun.aflush()
    baserun.feedback("helpful", thumbsup=sent)
    baserun.feedback("helpful", 0.9, completion_id="c-1")
    baserun.identify("ada", {"plan": "pro"})
    baserun.log("note", {"a": [1]})
    baserun.tag("key", ["any"])
    hashed: str = baserun.hash_identifier("ada@example.com")
    baserun.submit_user(hashed)
