"""The play that the demo performs."""

import pytest

from chat_app.dialogues import Dialogue, Judgement, ToolUse, read_lines
from chat_app.plan import SESSIONS, make_plan, script_of

BLANKS = {"name": "Ada", "item": "kettle", "order": "1", "town": "Lindau", "day": "Monday", "price": "20"}


def test_a_dialogue_is_read_with_its_tools_answers_and_judgements():
    tools = '@ find {"n": {order}} => ! LookupError: none\n@ find {"n": 2} => [1]\n'
    text = f"> Where is {{order}}?\n{tools}< Here:\n\n  - it\n- late\n"
    (line,) = read_lines(Dialogue("Order", text), BLANKS)
    assert line.user == "Where is 1?"
    assert line.tools == [ToolUse("find", {"n": 1}, error="LookupError: none"), ToolUse("find", {"n": 2}, [1])]
    assert line.answer == "Here:\n\n- it"
    assert line.judgement == Judgement(False, "late")


def test_a_question_that_nobody_answers_is_an_error():
    with pytest.raises(ValueError, match="nobody answers `Hello`"):
        read_lines(Dialogue("Empty", "> Hello\n"), BLANKS)


def test_the_plan_has_forty_people_in_a_hundred_and_fifty_sessions_and_everything_that_can_happen():
    plan = make_plan(seed=1)
    turns = [turn for session in plan for sitting in session.sittings for turn in sitting]
    assert len(plan) == SESSIONS
    assert len({session.person for session in plan if session.person}) == 40
    assert {turn.trouble for turn in turns} == {"", "healed", "rate_limit", "server_error", "timeout", "broken_stream"}
    assert any(len(session.sittings) == 2 for session in plan)
    assert any(use.error for turn in turns for use in turn.line.tools)
    assert {turn.line.judgement.thumbs_up for turn in turns if turn.line.judgement} == {True, False}


def test_the_same_seed_gives_the_same_play():
    assert make_plan(seed=7) == make_plan(seed=7) != make_plan(seed=8)


def test_no_two_conversations_of_a_plan_can_be_confused_by_the_provider():
    openings = [conversation["system"] for conversation in script_of(make_plan(seed=1))]
    assert len(set(openings)) == len(openings)
