"""Messages of every provider and framework, into the parts form of the GenAI conventions.

    [{role, parts: [{type: text | reasoning | refusal | tool_call | tool_call_response | blob | uri | file | …}],
      finish_reason?}]

What was written stays as it was written: a text is never taken for a number, and an object that is no message of any
provider stays whole, as the structured answer that it is. What our form has no word for stays beside, in the part or
the message that it came with; a part of an unknown type is kept as it came.
"""

from .documents import forget, kept_messages, read_messages, system_messages
from .message import message

__all__ = ["forget", "kept_messages", "message", "read_messages", "system_messages"]
