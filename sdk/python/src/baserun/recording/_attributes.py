"""The names of what travels on the wire, as contract/attributes.json lists them."""

from __future__ import annotations

SESSION_ID = "session.id"
USER_ID = "user.id"

SPAN_KIND = "baserun.span.kind"
TRACE_NAME = "baserun.trace.name"
INPUT = "baserun.input"
OUTPUT = "baserun.output"
METADATA = "baserun.metadata."
TAGS = "baserun.tags"
VARIABLE = "baserun.variable."
TEMPLATE = "baserun.template"
COMPLETION_ID = "baserun.completion.id"
CONTENT_TRUNCATED = "baserun.content.truncated"
CONTENT_DROPPED = "baserun.content.dropped"
STREAM_ENDED = "baserun.stream.ended"
ID_ORIGINAL = "baserun.id.original"
PROVIDER_USER = "baserun.provider.user"
PROVIDER_USER_FIELD = "baserun.provider.user_field"

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
CONVERSATION_ID = "gen_ai.conversation.id"
REQUEST_MODEL = "gen_ai.request.model"
REQUEST_STREAM = "gen_ai.request.stream"
REQUEST_PREVIOUS_RESPONSE_ID = "gen_ai.request.previous_response.id"
OUTPUT_TYPE = "gen_ai.output.type"
RESPONSE_ID = "gen_ai.response.id"
RESPONSE_MODEL = "gen_ai.response.model"
FINISH_REASONS = "gen_ai.response.finish_reasons"
TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS = "gen_ai.usage.cache_write.input_tokens"
REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens"
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
SYSTEM_INSTRUCTIONS = "gen_ai.system_instructions"
TOOL_DEFINITIONS = "gen_ai.tool.definitions"
TOOL_NAME = "gen_ai.tool.name"
TOOL_CALL_ID = "gen_ai.tool.call.id"
TOOL_ARGUMENTS = "gen_ai.tool.call.arguments"
TOOL_RESULT = "gen_ai.tool.call.result"

SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
STATUS_CODE = "http.response.status_code"
RESEND_COUNT = "http.request.resend_count"
ERROR_TYPE = "error.type"

EVENT_ID = "baserun.event.id"
SESSION_NAME = "baserun.session.name"
SESSION_OUTCOME = "baserun.session.outcome"
TRAIT = "baserun.trait."
USER_ALIAS = "baserun.user.alias"
SCORE_NAME = "gen_ai.evaluation.name"
SCORE_VALUE = "gen_ai.evaluation.score.value"
SCORE_LABEL = "gen_ai.evaluation.score.label"
SCORE_EXPLANATION = "gen_ai.evaluation.explanation"
SCORE_SOURCE = "baserun.score.source"
SCORE_EXPECTED = "baserun.score.expected"
SCORE_ACTUAL = "baserun.score.actual"
LOG_NAME = "baserun.log.name"
TAG_KEY = "baserun.tag.key"
TAG_VALUE = "baserun.tag.value"
VARIABLE_KEY = "baserun.variable.key"
VARIABLE_VALUE = "baserun.variable.value"
LOSS_SPANS = "baserun.loss.spans"
LOSS_CONTENTS = "baserun.loss.contents"
LOSS_REASON = "baserun.loss.reason"

REQUEST_PARAMETERS = {
    "temperature": ("gen_ai.request.temperature", float),
    "top_p": ("gen_ai.request.top_p", float),
    "top_k": ("gen_ai.request.top_k", float),
    "max_tokens": ("gen_ai.request.max_tokens", int),
    "frequency_penalty": ("gen_ai.request.frequency_penalty", float),
    "presence_penalty": ("gen_ai.request.presence_penalty", float),
    "stop_sequences": ("gen_ai.request.stop_sequences", list),
    "seed": ("gen_ai.request.seed", int),
    "choice_count": ("gen_ai.request.choice.count", int),
}
"""Parameters of a request as our wire parsers name them, their attribute and its type."""
