"""Twins of the OTLP messages: classes that read the same bytes with some fields declared otherwise.

On the wire a string, a byte field and a message within a message look alike: a length and that many bytes.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = descriptor_pb2.FieldDescriptorProto


def twin(descriptor: Any, declare: Callable[[str, Any], None]) -> Any:
    """The class of a message's twin; `declare` may change every field, which it gets with its message's full name."""
    pool = descriptor_pool.DescriptorPool()
    _add_file(pool, descriptor.file.name, declare, set())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(descriptor.full_name))


def declare_bytes(field: Any) -> None:
    """Declare a field as plain bytes."""
    field.type = Field.TYPE_BYTES
    field.ClearField("type_name")


def _add_file(pool: Any, name: str, declare: Callable[[str, Any], None], added: set[str]) -> None:
    if name in added:
        return
    added.add(name)
    proto = descriptor_pb2.FileDescriptorProto()
    descriptor_pool.Default().FindFileByName(name).CopyToProto(proto)
    for dependency in proto.dependency:
        _add_file(pool, dependency, declare, added)
    for message in proto.message_type:
        _declare_all(message, f"{proto.package}.{message.name}", declare)
    pool.Add(proto) if hasattr(pool, "Add") else pool.AddSerializedFile(proto.SerializeToString())


def _declare_all(message: Any, full_name: str, declare: Callable[[str, Any], None]) -> None:
    for field in message.field:
        declare(full_name, field)
    for nested in message.nested_type:
        _declare_all(nested, f"{full_name}.{nested.name}", declare)
