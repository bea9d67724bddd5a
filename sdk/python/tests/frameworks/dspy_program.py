"""A program of DSPy: a chain of thought over one question."""

import os

import baserun

baserun.init()

import dspy  # noqa: E402

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
answer = """answer='{"reasoning": "It is summer.", "answer": "Sunny."}'"""
model = dspy.LM(
    "openai/gpt-4.1-mini",
    api_base=os.environ["OPENAI_BASE_URL"],
    cache=False,
    extra_headers={"x-fake": answer},
)
dspy.configure(lm=model, adapter=dspy.JSONAdapter())
with baserun.with_session("ada", "s-1"):
    dspy.ChainOfThought("question -> answer")(question="Weather in Rome?")
