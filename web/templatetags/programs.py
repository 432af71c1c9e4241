"""What the pages tell programs."""

import shlex

from django import template

register = template.Library()


@register.filter
def shell_word(text: str) -> str:
    """``text`` as one word of a shell's line, whatever stands in it."""
    return shlex.quote(str(text))
