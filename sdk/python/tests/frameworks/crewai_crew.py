"""A crew of CrewAI: one agent, one task."""

import os

os.environ.setdefault("CREWAI_DISABLE_TELEMETRY", "true")
os.environ.setdefault("OTEL_SDK_DISABLED", "true")

import baserun

baserun.init()

from crewai import LLM, Agent, Crew, Task  # noqa: E402

agent = Agent(
    role="Helper",
    goal="Tell the weather",
    backstory="Brief.",
    llm=LLM(model="openai/gpt-4.1-mini", base_url=os.environ["OPENAI_BASE_URL"], api_key="sk-test"),
)
task = Task(description="Weather in Rome?", expected_output="One word", agent=agent)
with baserun.with_session("ada", "s-1"):
    Crew(agents=[agent], tasks=[task]).kickoff()
