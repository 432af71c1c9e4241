"""Fields that take the types of JSON as they are: a number is no text, and a text is no truth."""

from typing import Any
from uuid import UUID

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

LONGEST_TAG = 256  # characters of a name, and of a value
MOST_TAGS = 200
LARGEST_INTEGER = 2**31 - 1  # of an integer column on PostgreSQL; SQLite would take more


class _Strict:
    """Refuses every value whose JSON type is another."""

    json_type: type = str

    def to_internal_value(self, data: Any) -> Any:
        """The value; the field's own error for a value of another type."""
        if not isinstance(data, self.json_type):
            self.fail("invalid", value=data, input=data)  # type: ignore[attr-defined]
        return super().to_internal_value(data)


class TextField(_Strict, serializers.CharField):
    """A text. It is measured as it came: white space around it counts, though it is not kept."""

    def to_internal_value(self, data: Any) -> Any:
        """The text without white space around it."""
        if isinstance(data, str) and self.max_length is not None and len(data) > self.max_length:
            raise serializers.ValidationError(f"must have at most {self.max_length} characters", "max_length")
        return super().to_internal_value(data)


class EmailField(_Strict, serializers.EmailField):
    """An e-mail address."""


class URLField(_Strict, serializers.URLField):
    """A web address."""


class IdField(_Strict, serializers.UUIDField):
    """An id of the registry."""


class FlagField(_Strict, serializers.BooleanField):
    """``true`` or ``false``."""

    json_type = bool


class WholeField(serializers.IntegerField):
    """A whole number; ``5.0`` is one in JSON, ``"5"`` and ``true`` are none."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int | float) or data != data // 1:
            self.fail("invalid")
        return super().to_internal_value(int(data))


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.DictField):
    """An object of names and any values."""


class TagsField(serializers.DictField):
    """Names with values, both texts: what people file things under."""

    child = TextField(max_length=LONGEST_TAG, allow_blank=True)

    def run_child_validation(self, data: Any) -> Any:
        """The tags; names of one to so many characters, and not too many of them."""
        if len(data) > MOST_TAGS:
            raise serializers.ValidationError(f"must hold at most {MOST_TAGS} tags, holds {len(data)}")
        odd = [name for name in data if not name.strip() or len(name) > LONGEST_TAG or "\0" in name]
        if odd:
            raise serializers.ValidationError(
                {name[:40]: [f"must be a name of 1 to {LONGEST_TAG} characters"] for name in odd}
            )
        return super().run_child_validation(data)


class StrictModelSerializer(serializers.ModelSerializer):
    """A serializer of a model whose fields are strict."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: TextField,
        models.TextField: TextField,
        models.EmailField: EmailField,
        models.URLField: URLField,
        models.UUIDField: IdField,
        models.BooleanField: FlagField,
        models.IntegerField: WholeField,
        models.PositiveIntegerField: WholeField,
    }


class ReferenceField(serializers.PrimaryKeyRelatedField):
    """A link to a record by its id, read by the id alone."""

    def run_validation(self, data: Any = empty) -> Any:
        """An empty text is no id, and no null."""
        if isinstance(data, int | float) or (isinstance(data, str) and not _is_uuid(data)):
            self.fail("incorrect_type", data_type=repr(data)[:40])
        return super().run_validation(data)

    def use_pk_only_optimization(self) -> bool:
        """Reading needs the id alone."""
        return True


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text)) and len(text) in (32, 36)
    except ValueError:
        return False
