"""Calls of the older SDKs that this one does not offer: each raises one clear error when it is called."""

from __future__ import annotations

from typing import Any

from baserun.errors import not_offered

_TEMPLATES = "prompt templates are kept in your code; note what went into one with `variable(key, value)`"
_DATASETS = "data sets are kept where your tests are; nothing is fetched from the server"
_EVALUATORS = "it runs evaluations, this SDK records; judge with your own code and `check(name, actual, score=…)`"
_GENERIC = "nothing is converted to another form here: clients return what they always return"

REASONS = {
    "format_prompt": _TEMPLATES,
    "register_template": _TEMPLATES,
    "aregister_template": _TEMPLATES,
    "get_templates": _TEMPLATES,
    "get_template": _TEMPLATES,
    "submit_dataset": _DATASETS,
    "list_datasets": _DATASETS,
    "get_dataset": _DATASETS,
    "create_dataset": _DATASETS,
    "evaluate": _EVALUATORS,
    "Experiment": _EVALUATORS,
    "Scenario": _EVALUATORS,
    "Evaluator": _EVALUATORS,
    "GenericClient": _GENERIC,
    "GenericCompletion": _GENERIC,
}


def stand_in(name: str) -> Any:
    """Return what stands for a call that is not offered, or None for a name that never was one."""
    reason = REASONS.get(name)
    if reason is None:
        return None

    def refuse(*_: Any, **__: Any) -> Any:
        raise not_offered(name, reason)

    refuse.__name__ = name
    refuse.__doc__ = f"Not offered: {reason}."
    return refuse
