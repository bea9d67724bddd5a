"""Images, audio, video and files in every form, as `blob` (the bytes), `uri` (where they are) or `file` (an id)."""

from typing import Any

from ..values import text
from .beside import beside, first_of

URLS = ("image_url", "audio_url", "video_url", "document_url", "file_url", "fileUri", "file_uri", "url", "uri")
DATA = ("data", "bytes", "base64", "b64_json", "file_data", "fileData", "content", "image", "audio", "video", "result")
IDS = ("file_id", "fileId")
TYPES = ("mime_type", "mimeType", "media_type", "mediaType", "content_type", "contentType")
HOLDERS = ("source", "image_url", "input_audio", "audio", "image", "file", "video_url", "audio_url", "document",
           "video", "inlineData", "inline_data", "fileData", "file_data", "s3Location", "inner")  # fmt: skip
"""Fields in which a provider puts the bytes or the address one level further down."""
REFERENCES = ("@@@langfuseMedia:", "blob:", "file_id:")
"""Starts of texts that stand in the place of bytes which the sender put elsewhere."""
MODALITIES = ("image", "audio", "video")


def media(raw: dict[str, Any], modality: str = "") -> dict[str, Any] | None:
    """The part for an image, a sound or a file; None where neither bytes nor an address of it can be seen."""
    flat = _flattened(raw)
    kind = text(first_of(flat, *TYPES))
    given_format = text(flat.get("format"))
    if not kind and given_format and modality:
        kind = given_format if "/" in given_format else f"{_of_document(modality)}/{given_format}"
    for key in (*URLS, *DATA):
        value = flat.get(key)
        if isinstance(value, str) and value:
            return _part(value, key in URLS, kind, modality, beside(flat, key, "type", "kind", "format", *TYPES))
    identifier = first_of(flat, *IDS)
    if identifier is None:
        return None
    made = {"type": "file", "modality": _modality(kind, modality), "file_id": text(identifier)}
    return made | ({"mime_type": kind} if kind else {}) | beside(flat, *IDS, "type", "kind", "format", *TYPES)


def _flattened(raw: dict[str, Any], levels: int = 3) -> dict[str, Any]:
    """The fields of a block and of those in it that hold the bytes; the outer one holds."""
    flat: dict[str, Any] = {}
    for key, value in raw.items():
        if isinstance(value, dict) and key in HOLDERS and levels:
            for name, inner in _flattened(value, levels - 1).items():
                flat.setdefault(name, inner)
        elif key not in ("type", "kind"):
            flat[key] = value
    return flat


def _part(value: str, is_address: bool, kind: str, modality: str, rest: dict[str, Any]) -> dict[str, Any]:
    if value.startswith("data:"):
        head, _, data = value.partition(",")
        kind = kind or head[5:].partition(";")[0]
        return {"type": "blob", "modality": _modality(kind, modality), "mime_type": kind, "content": data, **rest}
    if is_address or "://" in value[:32] or value.startswith(REFERENCES):
        made = {"type": "uri", "modality": _modality(kind, modality), "uri": value}
        return made | ({"mime_type": kind} if kind else {}) | rest
    return {"type": "blob", "modality": _modality(kind, modality), "mime_type": kind, "content": value, **rest}


def _modality(kind: str, given: str) -> str:
    found = kind.partition("/")[0]
    return found if found in MODALITIES else given or "document"


def _of_document(modality: str) -> str:
    return modality if modality in MODALITIES else "application"
