"""A chat engine over an index of LlamaIndex, with its own retriever."""

import os

import baserun

baserun.init()

from llama_index.core import MockEmbedding, Settings, VectorStoreIndex  # noqa: E402
from llama_index.core.schema import TextNode  # noqa: E402
from llama_index.llms.openai import OpenAI  # noqa: E402

Settings.llm = OpenAI(model="gpt-4.1-mini", api_base=os.environ["OPENAI_BASE_URL"])
Settings.embed_model = MockEmbedding(embed_dim=8)
index = VectorStoreIndex([TextNode(text="Rome is sunny.")])
with baserun.with_session("ada", "s-1"):
    index.as_query_engine().query("Weather in Rome?")
