"""Who says what, when something fails, and who comes back: decided from a seed, before anything is sent."""

import random
from dataclasses import dataclass, field, replace
from typing import Literal

from chat_app.dialogues import Judgement, Line, fill, read_dialogues, read_lines

Trouble = Literal["", "healed", "rate_limit", "server_error", "timeout", "broken_stream"]

INSTRUCTIONS = (
    "You are the assistant of Otter & Daughter, menders and sellers of kettles, radios, bicycles and lamps. Be helpful "
    "and brief. Never invent an order. Offer a repair before a sale. Answer in the language of the customer."
)
SESSIONS = 150
FIRST_NAMES = (
    "Amira Anselm Beatriz Bo Chidi Clara Dagny Diego Edda Emre Farah Fynn Greta Hana Ilse Ines Jasper Jomo Kaia Kenji "
    "Leila Levi Mara Mateo Nadia Nils Odile Omar Paloma Petra Quentin Rosa Sami Signe Tariq Thea Umi Viktor Wanda Yusuf"
)
TOWNS = ("Ashford", "Brightwater", "Cold Spring", "Elmhurst", "Lindau", "Marlow", "Port Isaac", "Rosewood")
ITEMS = (
    "kettle", "transistor radio", "desk lamp", "cargo bike", "gramophone", "sewing machine", "typewriter",
    "music box", "pocket watch", "toaster", "record player", "film projector",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MODELS = ("gpt-4.1-mini", "gpt-4.1-mini", "gpt-4.1-mini", "gpt-4.1", "gpt-4o-mini", "o4-mini")
NO_PRICE_MODEL = "otter-7b-local"
"""A model of the shop's own, for which nobody has a price."""
TROUBLES: tuple[tuple[Trouble, float], ...] = (
    ("healed", 0.05), ("rate_limit", 0.025), ("server_error", 0.02), ("timeout", 0.01), ("broken_stream", 0.015),
)  # fmt: skip
DERIVED_PEOPLE = 3
"""So many people are known only from the provider's own `user` field: the application tells us no user for them."""
ANONYMOUS_SESSIONS = 2


@dataclass(frozen=True)
class Person:
    """Somebody who uses the application."""

    name: str
    town: str
    plan: str
    named: bool
    """Whether the application says who it is; otherwise only the provider's `user` field does."""

    @property
    def address(self) -> str:
        """What the application knows them by; it is hashed before it leaves the process."""
        return f"{self.name.lower()}@example.com"

    @property
    def traits(self) -> dict[str, str]:
        """What the application knows about them."""
        return {"name": self.name, "town": self.town, "plan": self.plan}


@dataclass(frozen=True)
class PlannedTurn:
    """One question, how it is asked, and what goes wrong."""

    line: Line
    streamed: bool
    usage_in_stream: bool
    trouble: Trouble = ""


@dataclass
class PlannedSession:
    """One session, perhaps in two sittings."""

    key: str
    """Ours, for the plan; the session's id is made by the SDK."""
    title: str
    person: Person | None
    model: str
    sittings: list[list[PlannedTurn]] = field(default_factory=list)
    """The turns of the first visit, and those after coming back: in another process, with the next release."""
    outcome: str | None = None
    """Said at the end, where the session is ended."""

    @property
    def instructions(self) -> str:
        """The system prompt: the shop's, and what the shop knows about this visitor."""
        who = f"{self.person.name} from {self.person.town} ({self.person.plan})" if self.person else "not signed in"
        return f"{INSTRUCTIONS}\n\nConversation {self.key}. The customer: {who}."


def make_plan(seed: int, sessions: int = SESSIONS) -> list[PlannedSession]:
    """The whole play; the same seed gives the same one."""
    chance = random.Random(seed)
    people = make_people(chance)
    dialogues = read_dialogues()
    chance.shuffle(dialogues)
    plan = []
    for n in range(sessions):
        anonymous = n >= sessions - ANONYMOUS_SESSIONS
        # Everybody comes once; after that, whoever stands at the front of the list comes more often.
        person = (
            None if anonymous else people[n] if n < len(people) else people[int(len(people) * chance.random() ** 2)]
        )
        dialogue = dialogues[n % len(dialogues)]
        blanks = _blanks(chance, person)
        turns = [_turn(chance, line) for line in read_lines(dialogue, blanks)]
        model = NO_PRICE_MODEL if chance.random() < 0.04 else chance.choice(MODELS)
        session = PlannedSession(f"s{n:03d}", fill(dialogue.title, blanks), person, model)
        resumed = len(turns) > 1 and chance.random() < 0.25
        cut = chance.randrange(1, len(turns)) if resumed else len(turns)
        session.sittings = [_with_failures(turns[:cut]), *([_with_failures(turns[cut:])] if resumed else [])]
        if chance.random() < 0.55:
            session.outcome = "abandoned" if chance.random() < 0.12 else "completed"
        plan.append(session)
    return plan


def make_people(chance: random.Random) -> list[Person]:
    """The forty, the most frequent visitors first."""
    names = FIRST_NAMES.split(" ")
    chance.shuffle(names)
    named = [True] * (len(names) - DERIVED_PEOPLE) + [False] * DERIVED_PEOPLE
    plans = ("free", "free", "friend of the shop", "business")
    return [
        Person(name, chance.choice(TOWNS), chance.choice(plans), is_named)
        for name, is_named in zip(names, named, strict=True)
    ]


def script_of(plan: list[PlannedSession]) -> list[dict]:
    """The plan as the lines of the fake provider (`fake_provider/script.py`)."""
    return [{"system": session.instructions, "turns": _script_turns(session)} for session in plan]


def _script_turns(session: PlannedSession) -> list[dict]:
    return [
        {
            "user": turn.line.user,
            "answer": turn.line.answer,
            "tools": [{"name": use.name, "arguments": use.arguments} for use in turn.line.tools],
        }
        for sitting in session.sittings
        for turn in sitting
        if turn.trouble in ("", "healed")
    ]


def _blanks(chance: random.Random, person: Person | None) -> dict[str, str]:
    return {
        "name": person.name if person else "friend",
        "town": person.town if person else chance.choice(TOWNS),
        "item": chance.choice(ITEMS),
        "order": f"{chance.randrange(10_000, 99_999)}",
        "day": chance.choice(DAYS),
        "price": f"{chance.randrange(19, 240)}",
    }


def _turn(chance: random.Random, line: Line) -> PlannedTurn:
    draw, trouble = chance.random(), ""
    for name, share in TROUBLES:
        if draw < share:
            trouble = name
            break
        draw -= share
    streamed = chance.random() < 0.6 or trouble == "broken_stream"
    if trouble not in ("", "healed") and chance.random() < 0.5:
        line = replace(line, judgement=Judgement(False, "had to ask twice"))
    elif line.judgement and line.judgement.thumbs_up and chance.random() < 0.6:
        line = replace(line, judgement=None)  # most people are content and say nothing
    return PlannedTurn(line, streamed, usage_in_stream=chance.random() < 0.85, trouble=trouble)


def _with_failures(turns: list[PlannedTurn]) -> list[PlannedTurn]:
    """A turn that fails is asked again, word by word, and then it works."""
    asked = []
    for turn in turns:
        if turn.trouble not in ("", "healed"):
            asked.append(turn)
            turn = replace(turn, trouble="")
        asked.append(turn)
    return asked
