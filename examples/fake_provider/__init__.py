"""A provider of language models that runs on this machine and makes everything up.

It speaks the real protocols (OpenAI chat completions, completions, responses and embeddings; Anthropic messages), plain
and streamed, so that the real client packages cannot tell it from the real thing. What it answers is computed from the
request alone; a request can ask for trouble (see `wish.py`). Nothing here knows that Baserun exists.
"""

from fake_provider.run import FakeProvider, running

__all__ = ["FakeProvider", "running"]
